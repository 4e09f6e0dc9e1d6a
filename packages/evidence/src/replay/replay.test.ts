/** Every figure of a replay against a plain count over the same items, whatever is missing in them. */
import { describe, expect, test } from 'vitest'
import { seededRandom, shuffle } from '../statistics/random.ts'
import { outcome, pair, type RandomTraceOptions, randomTrace } from '../testing/random-trace.ts'
import type { TraceItem } from '../trace/item.ts'
import { replay } from './replay.ts'
import type { ReplayDecision, ReplayPolicy, Strategy } from './result.ts'

/** A bar on meanLogprob. */
const bar = (threshold: number): ReplayPolicy => ({
  name: `meanLogprob ${threshold}`,
  decide({ models: { small, large } }): ReplayDecision {
    const signal = small!.signals.meanLogprob
    if (signal !== undefined && signal >= threshold)
      return { place: 'device', asked: ['device'], latencyMs: small!.latencyMs }
    const known = small!.latencyMs !== null && large !== undefined && large.latencyMs !== null
    return {
      place: 'cloud',
      asked: ['device', 'cloud'],
      latencyMs: known ? small!.latencyMs! + large.latencyMs! : null,
      missing: signal === undefined ? 'meanLogprob' : null,
    }
  },
})

const constant = (place: 'device' | 'cloud'): ReplayPolicy => ({
  name: place,
  decide: ({ models }) => ({
    place,
    asked: [place],
    latencyMs: models[place === 'device' ? 'small' : 'large']?.latencyMs ?? null,
  }),
})

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** What the policy did, counted the long way. */
function counted(items: readonly TraceItem[], policy: ReplayPolicy): Record<string, number> {
  const there = items.filter(({ models }) => models.small !== undefined)
  const seen = there.map((item) => ({
    ...policy.decide(item),
    device: item.models.small!,
    cloud: item.models.large,
  }))
  const scored = seen.filter(
    ({ device, cloud }) => device.score !== null && cloud !== undefined && cloud.score !== null,
  )
  const costed = seen.filter(({ cloud }) => cloud !== undefined && cloud.costUsd !== null)
  const score = (one: (typeof scored)[number]): number =>
    one.place === 'device' ? one.device.score! : one.place === 'cloud' ? one.cloud!.score! : 0
  const usd = (rows: typeof costed): number => rows.reduce((sum, { cloud }) => sum + cloud!.costUsd!, 0)
  const up = costed.filter(({ asked }) => asked.includes('cloud'))
  const timed = seen.filter(
    ({ device, cloud }) => device.latencyMs !== null && cloud !== undefined && cloud.latencyMs !== null,
  )
  const keptHarm = scored.map((one) =>
    one.place === 'device' ? Math.max(0, one.cloud!.score! - one.device.score!) : 0,
  )
  return {
    quality: mean(scored.map(score)),
    kept: mean(scored.map(score)) / mean(scored.map(({ cloud }) => cloud!.score!)),
    harm: mean(keptHarm),
    gain: mean(
      scored.map((one) => (one.place === 'device' ? Math.max(0, one.device.score! - one.cloud!.score!) : 0)),
    ),
    onDevice: mean(seen.map(({ place }) => Number(place === 'device'))),
    askedCloud: mean(seen.map(({ asked }) => Number(asked.includes('cloud')))),
    billCut: 1 - usd(up) / usd(costed),
    usdPerCall: usd(up) / costed.length,
    latency: mean(timed.map(({ latencyMs }) => latencyMs!)),
    scored: scored.length,
    costed: costed.length,
    timed: timed.length,
  }
}

const cases: [string, RandomTraceOptions][] = [
  ['0 and 1', {}],
  ['graded scores', { graded: true }],
  ['holes in everything', { holes: 0.1 }],
  ['holes in graded scores', { holes: 0.2, graded: true }],
]

describe.each(cases)('%s', (_, options) => {
  const items = [...randomTrace(700, 5, options)]

  test('the figures of the policy are those of a plain count', async () => {
    const policy = bar(-0.2)
    const { policy: got, counts } = await replay(items, { pair, policy })
    const want = counted(items, policy)
    expect(got.quality!.value).toBeCloseTo(want.quality!, 12)
    expect(got.kept!.value).toBeCloseTo(want.kept!, 12)
    expect(got.harm!.value).toBeCloseTo(want.harm!, 12)
    expect(got.gain!.value).toBeCloseTo(want.gain!, 12)
    expect(got.answered.device!.value).toBeCloseTo(want.onDevice!, 12)
    expect(got.answered.cloud!.value).toBeCloseTo(1 - want.onDevice!, 12)
    expect(got.asked.device!.value).toBe(1)
    expect(got.asked.cloud!.value).toBeCloseTo(want.askedCloud!, 12)
    expect(got.billCut!.value).toBeCloseTo(want.billCut!, 12)
    expect(got.usdPerCall!.value).toBeCloseTo(want.usdPerCall!, 12)
    expect(got.latencyMs.mean!.value).toBeCloseTo(want.latency!, 9)
    expect(counts).toMatchObject({ scored: want.scored, costed: want.costed, timed: want.timed, items: 700 })
  })

  test('always device and always cloud are policies that say so', async () => {
    const { baselines } = await replay(items, { pair, policy: bar(-0.2) })
    for (const [place, baseline] of [
      ['device', baselines.alwaysDevice],
      ['cloud', baselines.alwaysCloud],
    ] as const) {
      const { policy } = await replay(items, { pair, policy: constant(place) })
      for (const key of [
        'quality',
        'kept',
        'harm',
        'gain',
        'billCut',
        'usdPerCall',
        'answered',
        'asked',
      ] as const)
        expect(baseline[key]).toEqual(policy[key])
      expect(baseline.latencyMs).toEqual(policy.latencyMs)
    }
  })

  test('a random mix costs what the policy costs, and lies between the two', async () => {
    const { policy, baselines } = await replay(items, { pair, policy: bar(-0.2) })
    const { alwaysDevice, alwaysCloud, randomMix } = baselines
    expect(randomMix.billCut!.value).toBeCloseTo(policy.billCut!.value, 12)
    const share = 1 - policy.billCut!.value
    for (const key of ['quality', 'harm', 'gain'] as const) {
      const between = (1 - share) * alwaysDevice[key]!.value + share * alwaysCloud[key]!.value
      expect(randomMix[key]!.value).toBeCloseTo(between, 12)
    }
  })

  test('the oracle has no harm, all the gain, and asks the cloud only where that helps', async () => {
    const { baselines } = await replay(items, { pair, policy: bar(-0.2) })
    const scored = items.filter(
      ({ models: { small, large } }) =>
        small !== undefined && small.score !== null && large !== undefined && large.score !== null,
    )
    const { oracle, alwaysDevice } = baselines
    expect(oracle.harm!.value).toBe(0)
    expect(oracle.gain!.value).toBeCloseTo(alwaysDevice.gain!.value, 12)
    expect(oracle.quality!.value).toBeCloseTo(
      mean(scored.map(({ models }) => Math.max(models.small!.score!, models.large!.score!))),
      12,
    )
    expect(oracle.asked.cloud!.value).toBeCloseTo(
      mean(scored.map(({ models }) => Number(models.large!.score! > models.small!.score!))),
      12,
    )
  })

  test('the order of the items changes no value, and intervals hardly', async () => {
    const one = await replay(items, { pair, policy: bar(-0.2) })
    const other = await replay(shuffle([...items], seededRandom(3)), { pair, policy: bar(-0.2) })
    const flat = (strategy: Strategy): number[] =>
      [strategy.quality, strategy.kept, strategy.harm, strategy.billCut, strategy.latencyMs.mean].flatMap(
        (e) => (e === null ? [] : [e.value]),
      )
    const all = ({ policy, baselines }: typeof one): number[] =>
      [policy, ...Object.values(baselines)].flatMap((strategy) => (strategy === null ? [] : flat(strategy)))
    expect(all(other)).toHaveLength(all(one).length)
    for (const [i, value] of all(one).entries()) expect(all(other)[i]).toBeCloseTo(value, 9)
    expect(other.policy.quality!.low).toBeCloseTo(one.policy.quality!.low, 1)
    expect(other.baselines.meanLogprob!.threshold).toBe(one.baselines.meanLogprob!.threshold)
    expect(other.policy.latencyMs.p95).toEqual(one.policy.latencyMs.p95)
  })
})

test('an async trace gives what an array gives', async () => {
  const items = [...randomTrace(50, 1)]
  const async = (async function* () {
    yield* items
  })()
  expect(await replay(async, { pair, policy: bar(-0.3) })).toEqual(
    await replay(items, { pair, policy: bar(-0.3) }),
  )
})

test('what nobody knows is null, and said', async () => {
  const items = [...randomTrace(40, 2)].map((item) => ({
    ...item,
    models: { small: outcome(null), large: outcome(null) },
  }))
  const { policy, baselines, counts, billBy, notes } = await replay(items, { pair, policy: bar(-0.3) })
  expect(policy).toMatchObject({ quality: null, kept: null, harm: null, usdPerCall: null })
  expect(policy.latencyMs).toEqual({ mean: null, p50: null, p95: null })
  expect(policy.billCut!.value).toBe(0)
  expect(billBy).toBe('calls')
  expect(counts).toMatchObject({
    replayed: 40,
    scored: 0,
    costed: 0,
    withoutEvidence: 40,
    missing: { meanLogprob: 40 },
  })
  expect(baselines.meanLogprob).toBeNull()
  expect(notes.join('\n')).toMatch(/no cost is known/)
  expect(notes.join('\n')).toMatch(/40 of 40 items have no score of both models/)
})

test('an empty trace has no figures', async () => {
  const { policy, baselines, counts } = await replay([], { pair, policy: bar(0) })
  expect(counts).toMatchObject({ items: 0, replayed: 0 })
  for (const strategy of [policy, baselines.alwaysDevice, baselines.bestConstant, baselines.oracle])
    expect(strategy).toMatchObject({ quality: null, billCut: null, answered: { device: null } })
})

test('a call nobody answers scores 0, is no harm, and is counted', async () => {
  const items = [...randomTrace(10, 3)]
  const silent: ReplayPolicy = { name: 'silent', decide: () => ({ place: null, asked: [], latencyMs: null }) }
  const { policy, counts, notes } = await replay(items, { pair, policy: silent })
  expect(policy.quality!.value).toBe(0)
  expect(policy.harm!.value).toBe(0)
  expect(policy.answered).toMatchObject({ device: { value: 0 }, cloud: { value: 0 } })
  expect(counts.unanswered).toBe(10)
  expect(notes).toEqual([])
})

test('intervals hold the truth about as often as they say', async () => {
  let held = 0
  for (let seed = 1; seed <= 60; seed++) {
    const { policy } = await replay(randomTrace(200, seed), { pair, policy: constant('cloud'), seed })
    if (policy.quality!.low <= 0.9 && policy.quality!.high >= 0.9) held++
  }
  expect(held).toBeGreaterThanOrEqual(52)
  expect(held).toBeLessThan(60)
})
