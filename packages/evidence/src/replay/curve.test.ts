/** The curve of a signal against trying every bar; its figures against their definitions, item by item. */
import { describe, expect, test } from 'vitest'
import { auroc } from '../statistics/auroc.ts'
import { seededRandom, shuffle } from '../statistics/random.ts'
import { outcome, pair, randomTrace } from '../testing/random-trace.ts'
import type { TraceItem } from '../trace/item.ts'
import { curve } from './curve.ts'

const signalOf = (item: TraceItem): number =>
  item.models.small!.signals.meanLogprob ?? Number.NEGATIVE_INFINITY

const scoredOf = (items: readonly TraceItem[]): TraceItem[] =>
  items.filter(
    ({ models: { small, large } }) =>
      small !== undefined && small.score !== null && large !== undefined && large.score !== null,
  )

describe.each([
  ['0 and 1', {}],
  ['graded', { graded: true }],
  ['holes', { holes: 0.15, graded: true }],
  ['no costs', { costs: false }],
])('%s', (_, options) => {
  const items = [...randomTrace(250, 21, options)]
  const scored = scoredOf(items)
  const usd = ({ models }: TraceItem): number => ('costs' in options ? 1 : (models.large!.costUsd ?? 0))

  test('each point is the bar it names', async () => {
    const { points, counts } = await curve(items, { pair, signal: 'meanLogprob' })
    const values = [...new Set(scored.map(signalOf))].filter(Number.isFinite).sort((a, b) => a - b)
    expect(points.map(({ threshold }) => threshold)).toEqual([...values, null])
    expect(counts.scored).toBe(scored.length)
    const all = scored.reduce((sum, item) => sum + usd(item), 0)
    for (const { threshold, escalated, cost, quality, harm } of points) {
      const isUp = (item: TraceItem): boolean => threshold === null || signalOf(item) < threshold
      const up = scored.filter(isUp)
      expect(escalated).toBeCloseTo(up.length / scored.length, 12)
      expect(cost).toBeCloseTo(up.reduce((sum, item) => sum + usd(item), 0) / all, 12)
      const total = scored.reduce((sum, item) => sum + item.models[isUp(item) ? 'large' : 'small']!.score!, 0)
      expect(quality).toBeCloseTo(total / scored.length, 12)
      const lost = scored.reduce(
        (sum, item) =>
          sum + (isUp(item) ? 0 : Math.max(0, item.models.large!.score! - item.models.small!.score!)),
        0,
      )
      expect(harm).toBeCloseTo(lost / scored.length, 12)
    }
  })

  test('AUROC is that of all pairs of a right and a wrong answer', async () => {
    const got = (await curve(items, { pair, signal: 'meanLogprob' })).auroc!
    let pairs = 0
    let above = 0
    for (const a of scored) {
      for (const b of scored) {
        const weight = a.models.small!.score! * (1 - b.models.small!.score!)
        pairs += a === b ? 0 : weight
        const order = signalOf(a) > signalOf(b) ? 1 : signalOf(a) === signalOf(b) ? 0.5 : 0
        above += a === b ? 0 : weight * order
      }
    }
    // A graded item is compared with itself there, which is a tie: of no weight for 0 and 1.
    expect(got.value).toBeCloseTo(above / pairs, 'graded' in options ? 2 : 12)
    expect(got.low).toBeLessThan(got.value)
    expect(got.high).toBeGreaterThan(got.value)
  })

  test('the order of the items changes nothing', async () => {
    const one = await curve(items, { pair, signal: 'meanLogprob' })
    const other = await curve(shuffle([...items], seededRandom(8)), { pair, signal: 'meanLogprob' })
    expect(other.points.map(({ threshold }) => threshold)).toEqual(
      one.points.map(({ threshold }) => threshold),
    )
    expect(other.area!.value).toBeCloseTo(one.area!.value, 10)
    expect(other.auroc!.value).toBeCloseTo(one.auroc!.value, 10)
  })
})

test('for scores of 0 and 1 it is the AUROC of statistics/', async () => {
  const items = [...randomTrace(300, 2)]
  const want = auroc(items.map((item) => ({ signal: signalOf(item), right: item.models.small!.score === 1 })))
  expect((await curve(items, { pair, signal: 'meanLogprob' })).auroc!.value).toBeCloseTo(want!, 12)
})

/** A trace of equal costs, with a signal of its own. */
const made = (rows: readonly (readonly [signal: number, device: number, cloud: number])[]): TraceItem[] =>
  rows.map(([signal, device, cloud], i) => ({
    id: String(i),
    task: 't',
    at: null,
    prompt: null,
    promptDigest: null,
    models: { small: outcome(device, { signals: { s: signal } }), large: outcome(cloud, { costUsd: 1 }) },
  }))

describe('the area', () => {
  const area = async (items: TraceItem[]): Promise<number | undefined> =>
    (await curve(items, { pair, signal: 's' })).area?.value

  test('is 1 for a signal that knows, 0 for one that knows nothing, below 0 for one that knows the reverse', async () => {
    const rows = [
      [0, 1],
      [0, 1],
      [1, 1],
      [1, 1],
      [1, 0],
      [0, 0],
    ] as const
    const knows = rows.map(([d, c]) => [c > d ? 0 : c === d ? 1 : 2, d, c] as const)
    // The oracle is level after its last escalation; forced escalation loses what the device alone has right.
    expect(await area(made(knows.filter(([, d, c]) => c >= d)))).toBeCloseTo(1, 12)
    expect(await area(made(rows.map(([d, c]) => [5, d, c] as const)))).toBeCloseTo(0, 12)
    expect(await area(made(knows.map(([s, d, c]) => [-s, d, c] as const)))).toBeLessThan(0)
  })

  test('by hand: four calls, two that the cloud does better, one of them found first', async () => {
    const items = made([
      [1, 0, 1],
      [2, 1, 1],
      [3, 0, 1],
      [4, 1, 1],
    ])
    // Sums of quality gained at 0, 1/4 ... 1 of the cost: 0 1 1 2 2. A = (0.5 + 1 + 1.5 + 2) / 4 = 1.25; chance 1; oracle 0.5 * 1 + 0.5 * 2.
    expect(await area(items)).toBeCloseTo((1.25 - 1) / (1.5 - 1), 12)
  })

  test('is null where the cloud is nowhere better', async () => {
    expect(
      await area(
        made([
          [1, 1, 1],
          [2, 1, 0],
        ]),
      ),
    ).toBeUndefined()
  })
})

test('an item without the signal goes up under every bar', async () => {
  const items = made([
    [1, 0, 1],
    [2, 1, 1],
  ])
  const bare = { ...items[0]!, id: 'bare', models: { ...items[0]!.models, small: outcome(1) } }
  const { points, counts } = await curve([...items, bare], { pair, signal: 's' })
  expect(counts.withoutSignal).toBe(1)
  expect(points[0]).toMatchObject({ threshold: 1, escalated: 1 / 3 })
})

test('a signal nobody has is one point; a trace without scores none', async () => {
  const { points, auroc: rank } = await curve(randomTrace(20, 1), { pair, signal: 'nope' })
  expect(points).toMatchObject([{ threshold: null, escalated: 1, harm: 0 }])
  expect(rank!.value).toBe(0.5)
  expect(await curve([], { pair, signal: 's' })).toMatchObject({ points: [], auroc: null, area: null })
})

test('more than 65,536 values are rounded to four digits, and the figures stay', async () => {
  const many = 90_000
  const random = seededRandom(4)
  function* items(): Generator<TraceItem> {
    for (let i = 0; i < many; i++) {
      const signal = -random()
      const small = outcome(Number(random() < 1 + signal), { signals: { s: signal } })
      yield {
        id: String(i),
        task: 't',
        at: null,
        prompt: null,
        promptDigest: null,
        models: { small, large: outcome(1, { costUsd: 1 }) },
      }
    }
  }
  const { points, isRounded, auroc: rank } = await curve(items(), { pair, signal: 's' })
  expect(isRounded).toBe(true)
  expect(points.length).toBeLessThan(40_000)
  expect(
    points.every(({ threshold }) => threshold === null || Number(threshold.toPrecision(4)) === threshold),
  ).toBe(true)
  // Right with probability 1 - |s|, s uniform: AUROC 5/6.
  expect(rank!.value).toBeCloseTo(5 / 6, 2)
  expect(rank!.low).toBeLessThan(5 / 6)
  expect(rank!.high).toBeGreaterThan(5 / 6)
}, 20_000)
