/** A replay for people: a table of the policy and what it has to beat, the counts and notes under it, and who wins. */
import {
  type Curve,
  type Estimate,
  type Quantile,
  type Replay,
  type Strategy,
  standingOf,
} from '@edgewise/evidence'
import { printable } from './printable.ts'
import { bold, dim } from './show.ts'

export function replayText(replay: Replay, curves: readonly Curve[]): string {
  const { pair, policy, counts, notes, confidence, baselines } = replay
  const head = `${bold(printable(policy.name))} over ${count(counts.items, 'item')}: ${bold(printable(pair.device))} on the device, ${bold(printable(pair.cloud))} in the cloud`
  const below = [
    `${count(counts.replayed, 'item')} replayed: ${figure(counts.scored)} with scores of both, ${figure(counts.costed)} with a cost, ${figure(counts.timed)} with latencies; intervals of ${Number(percent(confidence))} %`,
    ...(counts.withoutEvidence > 0 ? [withoutEvidence(replay)] : []),
    ...(counts.unanswered > 0
      ? [`${count(counts.unanswered, 'call')} that no place answered: quality 0`]
      : []),
    ...(policy.usdPerCall === null || baselines.alwaysCloud.usdPerCall === null
      ? []
      : [
          `the cloud costs ${usd(policy)} for 1,000 calls under the policy, ${usd(baselines.alwaysCloud)} when it answers all`,
        ]),
    ...curves.map(curveLine),
    ...notes,
  ]
  return [
    head,
    '',
    table(replay),
    '',
    ...below.map((line) => dim(`- ${printable(line)}`)),
    '',
    bold(printable(standingOf(replay).sentence)),
  ].join('\n')
}

interface Cell {
  readonly value: string
  readonly interval: string
}

const columns: readonly [title: string, cell: (strategy: Strategy) => Cell][] = [
  ['quality %', ({ quality }) => share(quality)],
  ['kept %', ({ kept }) => share(kept)],
  ['harm %', ({ harm }) => share(harm)],
  ['asks cloud %', ({ asked }) => share(asked.cloud)],
  ['bill cut %', ({ billCut }) => share(billCut)],
  ['p50', ({ latencyMs }) => time(latencyMs.p50)],
  ['p95', ({ latencyMs }) => time(latencyMs.p95)],
  ['policy leads by', ({ lead }) => points(lead)],
]

function table({ policy, baselines }: Replay): string {
  const { alwaysDevice, alwaysCloud, bestConstant, randomMix, meanLogprob, oracle } = baselines
  const named: [string, Strategy | null][] = [
    [policy.name, policy],
    [alwaysDevice.name, alwaysDevice],
    [alwaysCloud.name, alwaysCloud],
    [`best constant: ${bestConstant.model}`, bestConstant],
    [randomMix.name, randomMix],
    [plainName(meanLogprob), meanLogprob],
    [oracle.name, oracle],
  ]
  const rows = named.flatMap(([name, strategy]) =>
    strategy === null
      ? []
      : [{ name: shortened(printable(name)), cells: columns.map(([, cell]) => cell(strategy)) }],
  )
  const first = Math.max(...rows.map(({ name }) => name.length))
  const widths = columns.map(([title], i) =>
    Math.max(
      title.length,
      ...rows.flatMap(({ cells }) => [cells[i]!.value.length, cells[i]!.interval.length]),
    ),
  )
  const line = (name: string, texts: readonly string[]): string =>
    `${name.padEnd(first)}  ${texts.map((text, i) => text.padStart(widths[i]!)).join('  ')}`.trimEnd()
  return [
    dim(
      line(
        '',
        columns.map(([title]) => title),
      ),
    ),
    ...rows.flatMap(({ name, cells }, i) => {
      const values = line(
        name,
        cells.map(({ value }) => value),
      )
      return [
        i === 0 ? bold(values) : values,
        dim(
          line(
            '',
            cells.map(({ interval }) => interval),
          ),
        ),
      ]
    }),
  ].join('\n')
}

const UNKNOWN: Cell = { value: '-', interval: '' }

function share(estimate: Estimate | null): Cell {
  if (estimate === null) return UNKNOWN
  const { value, low, high } = estimate
  return { value: percent(value), interval: `${percent(low)}..${percent(high)}` }
}

/** Of quality, in hundredths. */
function points(lead: Estimate | null): Cell {
  if (lead === null) return { value: '', interval: '' }
  const signed = (value: number): string => (value > 0 ? `+${percent(value)}` : percent(value))
  return { value: signed(lead.value), interval: `${signed(lead.low)}..${signed(lead.high)}` }
}

function time(quantile: Quantile | null): Cell {
  if (quantile === null) return UNKNOWN
  const { value, low, high } = quantile
  const [unit, divisor] = value < 1000 ? (['ms', 1] as const) : (['s', 1000] as const)
  const digits = value < 10 || value >= 10_000 ? 1 : value < 1000 ? 0 : 2
  const one = (ms: number | null): string => (ms === null ? '?' : (ms / divisor).toFixed(digits))
  return { value: `${one(value)} ${unit}`, interval: `${one(low)}..${one(high)} ${unit}` }
}

function plainName(plain: Strategy | null): string {
  const threshold = plain?.threshold ?? null
  return threshold === null ? 'meanLogprob, none kept' : `meanLogprob >= ${Number(threshold.toPrecision(4))}`
}

/** Of a share; what rounds to 0 has no sign. */
const percent = (value: number): string => (100 * value).toFixed(1).replace(/^-(?=0\.0$)/, '')

const figure = (value: number): string => value.toLocaleString('en')
const count = (value: number, what: string): string => `${figure(value)} ${what}${value === 1 ? '' : 's'}`
const usd = ({ usdPerCall }: Strategy): string => `$${Number((1000 * usdPerCall!.value).toPrecision(3))}`

const LONGEST_NAME = 34
const shortened = (name: string): string =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`

function withoutEvidence({ counts }: Replay): string {
  const names = Object.entries(counts.missing).map(([signal, times]) => `${signal} ${figure(times)}`)
  return `${count(counts.withoutEvidence, 'call')} without a signal that a bar needs, so the bar was missed: ${names.join(', ')}`
}

function curveLine({ signal, auroc, area, counts, isRounded }: Curve): string {
  const one = (estimate: Estimate | null): string =>
    estimate === null
      ? 'not known'
      : `${estimate.value.toFixed(3)} (${estimate.low.toFixed(3)}..${estimate.high.toFixed(3)})`
  const without = counts.withoutSignal > 0 ? `; ${count(counts.withoutSignal, 'item')} without it` : ''
  return `${signal}: AUROC ${one(auroc)}, area between chance and oracle ${one(area)}${without}${isRounded ? '; values of four digits' : ''}`
}
