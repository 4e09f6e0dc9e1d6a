/** The baselines that are found on the items: the plain bar at the policy's cost and the best single model, by trying all. */
import { describe, expect, test } from 'vitest'
import { outcome, pair, randomTrace } from '../testing/random-trace.ts'
import type { TraceItem } from '../trace/item.ts'
import { replay } from './replay.ts'
import type { ReplayPolicy } from './result.ts'

/** Sends up what its function says. */
const router = (goesUp: (item: TraceItem) => boolean): ReplayPolicy => ({
  name: 'router',
  decide: (item) =>
    goesUp(item)
      ? { place: 'cloud', asked: ['device', 'cloud'], latencyMs: 1 }
      : { place: 'device', asked: ['device'], latencyMs: 1 },
})

const signalOf = (item: TraceItem): number =>
  item.models.small!.signals.meanLogprob ?? Number.NEGATIVE_INFINITY

describe.each([
  ['costs known', true],
  ['in calls', false],
])('the plain bar, %s', (_, costs) => {
  const items = [...randomTrace(300, 7, { costs })]
  const usd = (item: TraceItem): number => (costs ? item.models.large!.costUsd! : 1)
  const costOf = (goesUp: (item: TraceItem) => boolean): number =>
    items.filter(goesUp).reduce((sum, item) => sum + usd(item), 0)

  test('is the lowest whose cost is not above the policy, of all bars there are', async () => {
    const policy = router(({ id }) => Number(id.split('-')[1]) % 3 === 0)
    const { baselines } = await replay(items, { pair, policy })
    const allowed = costOf(({ id }) => Number(id.split('-')[1]) % 3 === 0)
    const bars = [...new Set(items.map(signalOf))].filter(
      (threshold) => costOf((item) => signalOf(item) < threshold) <= allowed * (1 + 1e-9),
    )
    const best = Math.max(...bars)
    expect(baselines.meanLogprob!.threshold).toBe(best)
    const kept = items.filter((item) => signalOf(item) >= best)
    const quality =
      items.reduce((sum, item) => sum + item.models[signalOf(item) >= best ? 'small' : 'large']!.score!, 0) /
      300
    expect(baselines.meanLogprob!.quality!.value).toBeCloseTo(quality, 12)
    expect(baselines.meanLogprob!.answered.device!.value).toBeCloseTo(kept.length / 300, 12)
    expect(baselines.meanLogprob!.latencyMs.mean!.value).toBeCloseTo(
      items.reduce(
        (sum, { models: { small, large }, ...item }) =>
          sum +
          small!.latencyMs! +
          (signalOf({ models: { small: small!, large: large! }, ...item }) >= best ? 0 : large!.latencyMs!),
        0,
      ) / 300,
      6,
    )
  })

  test('is the policy itself, when that is a bar on meanLogprob: neither leads', async () => {
    const policy = router((item) => signalOf(item) < -0.15)
    const replayed = await replay(items, { pair, policy })
    const plain = replayed.baselines.meanLogprob!
    expect(plain.quality).toEqual(replayed.policy.quality)
    expect(plain.billCut).toEqual(replayed.policy.billCut)
    expect(plain.lead).toEqual({ value: 0, low: 0, high: 0 })
  })
})

test('items without the signal are above no bar; where that alone is too dear there is none', async () => {
  const items = [...randomTrace(200, 9, { holes: 0.3 })]
  const frugal = router(({ id }) => id === 'item-1')
  expect((await replay(items, { pair, policy: frugal })).baselines.meanLogprob).toBeNull()
  const generous = router(() => true)
  const { baselines, policy } = await replay(items, { pair, policy: generous })
  expect(baselines.meanLogprob).toMatchObject({ threshold: null, billCut: { value: 0 } })
  expect(baselines.meanLogprob!.quality!.value).toBeCloseTo(policy.quality!.value, 12)
})

test('a long trace: the bar of a sample is about that of all items', async () => {
  const many = 150_000
  const policy = router((item) => signalOf(item) < -0.15)
  const { baselines, policy: own, notes } = await replay(randomTrace(many, 11), { pair, policy })
  expect(baselines.meanLogprob!.threshold).toBeCloseTo(-0.15, 2)
  expect(baselines.meanLogprob!.lead!.value).toBeCloseTo(0, 10)
  expect(baselines.meanLogprob!.quality!.value).toBeCloseTo(own.quality!.value, 1)
  expect(notes.filter((note) => note.includes('sample of'))).toHaveLength(1)
})

describe('the best constant', () => {
  const items = [...randomTrace(400, 13)]
  const share = (goesUp: number): ReplayPolicy => router(({ id }) => Number(id.split('-')[1]) % 100 < goesUp)

  test('is the device while nothing else is cheap enough', async () => {
    const { baselines } = await replay(items, { pair, policy: share(10) })
    expect(baselines.bestConstant).toEqual(baselines.alwaysDevice)
  })

  test('is another model of the trace when that costs no more and is better', async () => {
    const { baselines, policy } = await replay(items, { pair, policy: share(30) })
    const { bestConstant } = baselines
    expect(bestConstant).toMatchObject({ name: 'always medium', model: 'medium' })
    const quality = items.reduce((sum, { models }) => sum + models.medium!.score!, 0) / 400
    expect(bestConstant.quality!.value).toBeCloseTo(quality, 12)
    expect(bestConstant.usdPerCall!.value).toBeCloseTo(3e-5, 12)
    expect(bestConstant.lead!.value).toBeCloseTo(policy.quality!.value - quality, 12)
    const harm = items.reduce(
      (sum, { models }) => sum + Math.max(0, models.large!.score! - models.medium!.score!),
      0,
    )
    expect(bestConstant.harm!.value).toBeCloseTo(harm / 400, 12)
  })

  test('is the cloud when the policy costs as much', async () => {
    const { baselines } = await replay(items, { pair, policy: share(100) })
    expect(baselines.bestConstant).toEqual(baselines.alwaysCloud)
  })

  test('is none that was not judged everywhere', async () => {
    const [first, ...rest] = items
    const gap = { ...first!, models: { ...first!.models, medium: outcome(null) } }
    const { baselines } = await replay([gap, ...rest], { pair, policy: share(30) })
    expect(baselines.bestConstant.model).toBe('small')
  })
})
