/**
 * Is the promise kept? For each pair 1,000 random splits of its trace: a bar is certified (and, beside it, fitted without confidence) on
 * one part and held to its claim. Judged three times. On the whole trace as if it were all calls there are, of which the calibration
 * part is drawn with replacement, so that the true harm is known. On the rest of a split, by the harm counted there, once under the same
 * certificate, whose claim is on all calls and not on these few hundred, and once under one that was issued for so many next calls.
 * Prints a Markdown table. Usage: npm run certificates [-- --splits=1000 --alpha=0.05 --delta=0.1 --items=600]
 */
import { parseArgs } from 'node:util'
import {
  type Certified,
  certify,
  judgedItem,
  seededRandom,
  shuffle,
  type TraceItem,
} from '@edgewise/evidence'
import { type Pair, pairs, percent } from './pairs.ts'

const { values } = parseArgs({
  options: {
    splits: { type: 'string', default: '1000' },
    alpha: { type: 'string', default: '0.05' },
    delta: { type: 'string', default: '0.1' },
    items: { type: 'string', default: '600' },
  },
})
const splits = Number(values.splits)
const alpha = Number(values.alpha)
const delta = Number(values.delta)

interface Held {
  readonly saved: number
  readonly harm: number
  readonly n: number
}

/** What a bar does to these items. */
function hold(items: readonly TraceItem[], pair: Pair, threshold: number | null): Held {
  let saved = 0
  let cost = 0
  let harm = 0
  for (const item of items) {
    const { device, cloud } = judgedItem(item, pair)!
    cost += cloud.costUsd!
    if (threshold === null || !(device.signals.meanLogprob! >= threshold)) continue
    saved += cloud.costUsd!
    harm += Math.max(0, cloud.score - device.score)
  }
  return { saved: saved / cost, harm: harm / items.length, n: items.length }
}

/** The thresholds of a certificate, of one for the next calls, and of a fit without confidence. */
async function barsOf(pair: Pair, calibration: readonly TraceItem[], calls: number) {
  // Drawn with replacement, an item may be there twice: each is one draw.
  const items = calibration.map((item, i) => ({ ...item, id: String(i) }))
  const options = { pair, signal: 'meanLogprob', delta, issuedAt: '2026-01-01T00:00:00.000Z' }
  const average = await certify(items, { ...options, claim: { kind: 'harm', alpha } })
  const counted = await certify(items, { ...options, claim: { kind: 'harm', alpha, calls } })
  const threshold = (certified: Certified): number | null =>
    certified.kind === 'refused' ? null : certified.certificate.bar!.threshold
  return { average: threshold(average), counted: threshold(counted), naive: average.seen.naive.threshold }
}

console.log(
  `harm <= ${percent(alpha)}, delta ${percent(delta)}, ${splits} splits; broken: certified / naive\n`,
)
console.log(
  '| pair | n, rest | broken, all calls known | on the rest | on the rest, certified for it | saved: naive | certified (lost) | certified for the rest (lost) |',
)
console.log('|---|---|---|---|---|---|---|---|')
for (const pair of await pairs()) {
  const n = Math.min(Number(values.items), Math.floor(pair.items.length * 0.6))
  const random = seededRandom(n)
  const known = { average: 0, counted: 0, naive: 0 }
  const rest = { average: 0, counted: 0, naive: 0 }
  const saved = { average: 0, counted: 0, naive: 0 }
  const kinds = ['average', 'counted', 'naive'] as const
  for (let split = 0; split < splits; split++) {
    const drawn = Array.from({ length: n }, () => pair.items[Math.floor(random() * pair.items.length)]!)
    const bars = await barsOf(pair, drawn, pair.items.length - n)
    for (const kind of kinds) if (hold(pair.items, pair, bars[kind]).harm > alpha) known[kind]++
    const shuffled = shuffle([...pair.items], random)
    const others = shuffled.slice(n)
    const again = await barsOf(pair, shuffled.slice(0, n), others.length)
    for (const kind of kinds) {
      const held = hold(others, pair, again[kind])
      if (held.harm > alpha) rest[kind]++
      saved[kind] += held.saved / splits
    }
  }
  const share = (count: number): string => percent(count / splits)
  const lost = (kind: 'average' | 'counted'): string =>
    `${percent(saved[kind])} (${((saved.naive - saved[kind]) * 100).toFixed(1)})`
  console.log(
    `| ${pair.name} | ${n}, ${pair.items.length - n} | ${share(known.average)} / ${share(known.naive)} | ${share(rest.average)} / ${share(rest.naive)} | ${share(rest.counted)} | ${percent(saved.naive)} | ${lost('average')} | ${lost('counted')} |`,
  )
}
