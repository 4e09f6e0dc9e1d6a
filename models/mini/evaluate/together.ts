/**
 * Chooses on the dev items the share of the linear head in `intent`.
 *
 *     node --conditions=edgewise-source models/mini/evaluate/together.ts ITEMS/dev MINI.gguf
 */
import { readFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { intent } from '../src/intent.ts'
import { tally } from '../src/score.ts'
import { openBench } from './bench.ts'
import { intentFigures } from './intent.ts'
import { type IntentItem, readItems } from './items.ts'
import { runAll } from './run.ts'

const [folder, file] = argv.slice(2)
if (!folder || !file) throw new Error('usage: together.ts ITEMS/dev MINI.gguf')
const bench = await openBench(await readFile(file))
const items = await readItems<IntentItem>(folder, 'intent')
console.log(
  "| the head's share | accuracy in scope | with oos as an answer | mean log-probability of the label |\n| --- | --- | --- | --- |",
)
for (const share of [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1]) {
  let sum = 0
  const { done } = await runAll('intent', items, async ({ text, label }) => {
    const answer = await intent(bench, bench.head, text, tally(), share)
    sum += Math.log(answer.top.find((one) => one.label === label)?.probability ?? 1e-3)
    return answer
  })
  const { accuracy, accuracyWithOos } = intentFigures(done)
  const cells = [share, percent(accuracy), percent(accuracyWithOos), (sum / items.length).toFixed(4)]
  console.log(`| ${cells.join(' | ')} |`)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
