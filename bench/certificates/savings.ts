/**
 * What can be saved where the quality kept is certified: for each pair, on its whole trace, the bill cut under a bar that keeps 95 and
 * 98 % of the cloud model's quality with 90 % confidence, beside what a fit without confidence promises, and how good the signal is.
 * The rows without a signal ask whether the whole task may stay. Prints a Markdown table. Usage: npm run savings
 */
import { resolve } from 'node:path'
import {
  type Certified,
  certify,
  certifyBest,
  type ModelPair,
  pairSummary,
  type TraceItem,
} from '@edgewise/evidence'
import { openTrace } from '@edgewise/traces'
import { pairs, percent } from './pairs.ts'

const SHARES = [0.95, 0.98]
const issuedAt = '2026-01-01T00:00:00.000Z'

function cell(certified: Certified): string {
  const naive = percent(certified.seen.naive.saved, 0)
  if (certified.kind === 'refused')
    return `none (${certified.code}${certified.missing === null ? '' : `, ${certified.missing} more`}); ${naive}`
  const { value, low, high } = certified.certificate.evidence.saved
  return `**${percent(value, 0)}** (${percent(low, 0)} to ${percent(high, 0)}); ${naive}`
}

console.log(
  '| pair | n | device, cloud right | AUROC | cut at 95 %, certified (95 % interval); naive | cut at 98 % | with other signals |',
)
console.log('|---|---|---|---|---|---|---|')
for (const { name, items, ...pair } of await pairs()) {
  const { n, weak, strong, auroc } = pairSummary(items, pair)
  const options = { pair, signal: 'meanLogprob', issuedAt }
  const cells = await Promise.all(
    SHARES.map(async (share) => cell(await certify(items, { ...options, claim: { kind: 'keeps', share } }))),
  )
  const best = await certifyBest(items, { ...options, claim: { kind: 'keeps', share: 0.95 } })
  const { gate, certified } = best
  const combined =
    gate === null
      ? 'too few items'
      : gate.passed
        ? `AUROC ${gate.combinedAuroc.toFixed(3)} against ${gate.plainAuroc.toFixed(3)} aside: ${certified.kind === 'refused' ? 'none' : `${percent(certified.certificate.evidence.saved.value, 0)} by ${certified.certificate.bar!.signal}`}`
        : 'not better'
  console.log(
    `| ${name} | ${n} | ${percent(weak!)}, ${percent(strong!)} | ${auroc?.toFixed(3) ?? '-'} | ${cells.join(' | ')} | ${combined} |`,
  )
}

const folder = resolve(import.meta.dirname, '../../../shared/traces')
const WHOLE: readonly (readonly [string, string, ModelPair])[] = [
  ['BFCL tools, whole task', 'bfcl', { device: 'Salesforce_xLAM-1b-fc-r', cloud: 'gpt-4o-2024-08-06-FC' }],
  [
    'RouteLLM GSM8K, whole task',
    'routellm',
    { device: 'mistralai/Mixtral-8x7B-Instruct-v0.1', cloud: 'gpt-4-1106-preview' },
  ],
  ['Banking77, whole task', 'banking77-llm-preds', { device: 'gpt-5-mini', cloud: 'gpt-5.2' }],
  [
    'RouterArena, whole task',
    'routerarena',
    { device: 'gemini-2.0-flash-001', cloud: 'claude-3-haiku-20240307' },
  ],
]
for (const [name, set, pair] of WHOLE) {
  const items: TraceItem[] = []
  for await (const item of openTrace(resolve(folder, set))) items.push(item)
  const oneTask = items.map((item) => ({ ...item, id: `${item.task} ${item.id}`, task: name }))
  const { n, weak, strong } = pairSummary(oneTask, pair)
  const cells = await Promise.all(
    SHARES.map(async (share) =>
      cell(await certify(oneTask, { pair, signal: null, claim: { kind: 'keeps', share }, issuedAt })),
    ),
  )
  console.log(
    `| ${name} (${pair.device}, ${pair.cloud}) | ${n} | ${percent(weak!)}, ${percent(strong!)} | - | ${cells.join(' | ')} | no signal |`,
  )
}
