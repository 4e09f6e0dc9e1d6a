/**
 * How well the predictor does on devices and models that it was not fitted to: prints the tables of docs/predictor.md from the published
 * measurements that lie beside the project. Half a minute. Usage: npm run advisor:evaluate
 */
import { facts } from '../../packages/advisor/src/facts/facts.ts'
import { evaluate, type Score } from '../../packages/advisor/src/predict/evaluate.ts'
import { type Reason, reasons } from '../../packages/advisor/src/predict/left-out.ts'
import { published } from '../../packages/advisor/src/predict/testing/published.ts'

const {
  rows,
  sound,
  leftOut,
  promptCached,
  scores,
  fromQuantisation,
  claimed,
  sourced,
  firstTokenFromPrefill,
} = evaluate(published(), facts)
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
const whole = (value: number): string => `${Math.round(100 * value)} %`

console.log(`${rows} rows, of which ${sound} are sound\n`)
console.log('| left out because | rows | why | which |\n|---|--:|---|---|')
for (const [reason, ids] of Object.entries(leftOut))
  console.log(`| ${reason} | ${ids.length} | ${reasons[reason as Reason]} | ${ids.join(' ')} |`)
console.log(`\nPrompt and first token not used, as part of the prompt was cached: ${promptCached.join(' ')}`)

table('Decode, device not seen', scores.decode.cold)
table('Decode, other models of the device seen', scores.decode.known)
table('Decode, device not seen, one own measurement of another model', scores.decode.own)
table('Decode, device not seen, by where its bandwidth is from', [claimed, sourced])
table('Decode, device not seen, size of the file computed from shape and quantisation', [fromQuantisation])
table('Prefill, device not seen', scores.prefill.cold)
table('Prefill, other models of the device seen', scores.prefill.known)
table('First token, device not seen', scores.firstToken.cold)
table('First token, other models of the device seen', scores.firstToken.known)
if (firstTokenFromPrefill)
  console.log(
    `\nFirst token as prompt / measured prefill: ${percent(firstTokenFromPrefill.error)} off in the median of ${firstTokenFromPrefill.rows} rows`,
  )
table('Memory, device not seen', scores.memory.cold)
table('Memory, other models of the device seen', scores.memory.known)

function table(title: string, of: readonly Score[]): void {
  const rule = of.some((score) => score.rule !== null)
  console.log(`\n**${title}**\n`)
  console.log(
    `| class | rows | devices | median error | ${rule ? 'of the 0.55 rule | ' : ''}within 30 % | within 2x | in the 80 % interval |`,
  )
  console.log(`|---|--:|--:|--:|${rule ? '--:|' : ''}--:|--:|--:|`)
  for (const one of of)
    console.log(
      `| ${one.group} | ${one.rows} | ${one.devices} | ${percent(one.error)} | ${rule ? `${percent(one.rule ?? 0)} | ` : ''}${whole(one.within30)} | ${whole(one.within2x)} | ${whole(one.covered)} |`,
    )
}
