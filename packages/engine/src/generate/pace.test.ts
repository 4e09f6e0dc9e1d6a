import { describe, expect, test } from 'vitest'
import { LONGEST_MATCH } from './lookup.ts'
import { AdaptivePace } from './pace.ts'
import { LONGEST_PASS, PassCosts } from './pass-costs.ts'
import { seededRandom } from './random.ts'

interface World {
  /** Milliseconds of a pass by its tokens. */
  readonly ms: (tokens: number, pass: number) => number
  /** How probable a drafted token is to be right. */
  readonly holds: (token: number) => number
  readonly matched?: number
  /** Milliseconds for a token of a draft. */
  readonly draftMs?: number
  /** Part of the time there is a draft at all. */
  readonly offered?: number
  readonly tokens?: number
  readonly costs?: PassCosts
}

/** Decodes in a world where time is made up; its speed over that of plain decoding. */
function speedUp(world: World): { ratio: number; drafted: number; longest: number } {
  const { ms, holds, matched, draftMs = 0.0005, offered = 1, tokens = 2000, costs = new PassCosts() } = world
  const random = seededRandom(5)
  const pace = new AdaptivePace(costs)
  let [time, plain, given, drafted, longest] = [0, 0, 0, 0, 0]
  for (let pass = 0; given < tokens; pass++) {
    const asked = pace.ask(1, LONGEST_PASS - 1)
    const n = asked > 0 && random() < offered ? pace.choose(1, asked, matched) : 0
    let right = 0
    while (right < asked && random() < holds(given + right)) right++
    const used = Math.min(right, n) + 1
    for (let at = 0; at < Math.min(asked, right + 1); at++) pace.judged(matched, at, at < right)
    const passMs = ms(1 + n, pass)
    pace.passed({ given: 1, drafted: n, asked, used, draftMs: asked * draftMs, passMs })
    time += passMs + asked * draftMs
    for (let i = 0; i < used; i++) plain += ms(1, pass)
    given += used
    drafted += n
    longest = Math.max(longest, 1 + n)
  }
  return { ratio: plain / time, drafted, longest }
}

/** Measured kernels of large weights and of small ones: the price of a pass over that of one token. */
const large = [0, 1, 1.09, 1.18, 1.33, 1.63, 1.91, 2.2, 2.6]
const small = [0, 1, 1.37, 1.77, 2.1, 2.7, 2.85, 3.6, 4.5]
const dear = [0, 1, 1.9, 2.8, 3.7, 4.6, 5.5, 6.4, 7.3]
/** A kernel that is worse than none. */
const worse = [0, 1, 1.9, 2.8, 5.5, 6.4, 10, 11.8, 7.2]
const price = (prices: readonly number[], tokens: number): number =>
  prices[tokens] ?? prices[8]! + (tokens - 8) * (prices[8]! - prices[7]!)
const of =
  (prices: readonly number[], single: number) =>
  (tokens: number): number =>
    single * price(prices, tokens)

describe('in made-up worlds', () => {
  test('where four of five drafted tokens hold, large weights are passed as often as is best', () => {
    // (1 - 0.8^4) / 0.2 = 2.95 tokens for 1.33 passes is 2.2 at most.
    expect(speedUp({ ms: of(large, 60), holds: () => 0.8 }).ratio).toBeGreaterThan(2.05)
    expect(speedUp({ ms: of(small, 5), holds: () => 0.8 }).ratio).toBeGreaterThan(1.25)
    expect(speedUp({ ms: of(large, 60), holds: () => 0.97, matched: 16 }).ratio).toBeGreaterThan(2.5)
  })

  test.each([
    ['nothing holds', { ms: of(large, 60), holds: () => 0 }],
    ['nothing holds of what looks like long copies', { ms: of(large, 60), holds: () => 0, matched: 16 }],
    ['one in seven holds', { ms: of(large, 60), holds: () => 0.14, matched: 1 }],
    ['half holds, and a pass of more is dear', { ms: of(dear, 5), holds: () => 0.5, matched: 3 }],
    ['all holds, and a pass of more is too dear', { ms: of(dear, 5), holds: () => 0.9, matched: 16 }],
    ['all holds, and a pass of more costs more than its tokens', { ms: of(worse, 5), holds: () => 0.9 }],
    ['copies now and then', { ms: of(small, 5), holds: (token: number) => (token % 200 < 20 ? 0.9 : 0.1) }],
    ['the drafter is as slow as the model', { ms: of(large, 5), holds: () => 0.6, draftMs: 5 }],
  ])('never slower than plain decoding by 3 in a hundred: %s', (_, world) => {
    expect(speedUp(world).ratio).toBeGreaterThan(0.975)
    expect(speedUp({ ...world, tokens: 300, costs: seasoned(world) }).ratio).toBeGreaterThan(0.97)
  })

  test('moments in which the host is slow do not turn drafts off or on', () => {
    const random = seededRandom(9)
    const noisy = (prices: readonly number[]) => (tokens: number) =>
      10 * price(prices, tokens) * (1 + 0.1 * random() + (random() < 0.03 ? 9 : 0))
    expect(speedUp({ ms: noisy(large), holds: () => 0.8 }).ratio).toBeGreaterThan(1.7)
    const { drafted } = speedUp({ ms: noisy(dear), holds: () => 0.8 })
    expect(drafted).toBeLessThan(100)
  })

  test('first passes of a size that are slow, as they are compiled, cost little and spoil nothing', () => {
    const cold = (prices: readonly number[]) => {
      const times = new Map<number, number>()
      return (tokens: number): number => {
        times.set(tokens, (times.get(tokens) ?? 0) + 1)
        return 10 * price(prices, tokens) * (tokens > 1 && times.get(tokens)! <= 2 ? 2 : 1)
      }
    }
    expect(speedUp({ ms: cold(large), holds: () => 0.8 }).ratio).toBeGreaterThan(2)
    expect(speedUp({ ms: cold(dear), holds: () => 0.8, tokens: 300 }).ratio).toBeGreaterThan(0.95)
  })

  test('what a token costs changes with the text, and the pace with it', () => {
    // Twice as slow at the end as at the start, then the next generation starts short again.
    const costs = new PassCosts()
    const growing = (tokens: number, pass: number) => of(large, 10)(tokens) * (1 + pass / 700)
    for (let i = 0; i < 3; i++) {
      expect(speedUp({ ms: growing, holds: () => 0.8, costs }).ratio).toBeGreaterThan(1.9)
    }
  })

  test('a drafter that costs something is asked for as much as pays', () => {
    const world = { ms: of(large, 60), holds: () => 0.8 }
    const cheap = speedUp({ ...world, draftMs: 6 }).ratio
    const dearer = speedUp({ ...world, draftMs: 20 }).ratio
    expect(cheap).toBeGreaterThan(1.6)
    expect(dearer).toBeGreaterThan(1.05)
    expect(dearer).toBeLessThan(cheap)
  })

  /** Costs that another generation of this world has made known. */
  function seasoned(world: World): PassCosts {
    const costs = new PassCosts()
    speedUp({ ...world, costs })
    return costs
  }
})

test('a pass is never longer than kernels like, nor a draft than what is offered', () => {
  const { longest } = speedUp({ ms: () => 10, holds: () => 1, matched: LONGEST_MATCH })
  expect(longest).toBe(LONGEST_PASS)
  const pace = new AdaptivePace(new PassCosts())
  expect(pace.ask(LONGEST_PASS, 7)).toBe(0)
  expect(pace.ask(1, 0)).toBe(0)
  expect(pace.choose(1, 7, LONGEST_MATCH)).toBe(0)
})

test('before the time of one token is known, none is drafted', () => {
  const costs = new PassCosts()
  expect(costs.isReady).toBe(false)
  for (let i = 0; i < 3; i++) costs.measured(1, 10)
  expect(costs.isReady).toBe(true)
  // And again when that was long ago.
  for (let i = 0; i < 48; i++) costs.measured(4, 13)
  expect(costs.isReady).toBe(false)
  costs.measured(1, 10)
  expect(costs.isReady).toBe(true)
})

test('costs that were not measured lie between those that were, and first times count for little', () => {
  const costs = new PassCosts()
  for (const ms of [90, 10, 10]) costs.measured(1, ms)
  expect([1, 2, 5, 9].map((n) => costs.of(n))).toEqual([1, 1.25, 2, 3])
  for (const ms of [300, 14, 15]) costs.measured(5, ms)
  expect(costs.of(5)).toBeCloseTo(1.4)
  expect(costs.of(3)).toBeCloseTo(1.2)
  expect(costs.of(8)).toBeCloseTo(1.7)
  for (let i = 0; i < 50; i++) costs.measured(5, 40)
  expect(costs.of(5)).toBeCloseTo(4, 1)
  expect(costs.of(8)).toBeCloseTo(6.25, 1)
  // A slow moment moves a known cost by an eighth at most.
  costs.measured(5, 4000)
  expect(costs.of(5)).toBeLessThan(4.6)
})

test('the account pays for what drafts cost, and no more', () => {
  const costs = new PassCosts()
  expect(costs.credit).toBe(1)
  costs.settle(-0.5)
  expect(costs.credit).toBeCloseTo(0.5)
  for (let i = 0; i < 500; i++) costs.settle(0)
  expect(costs.credit).toBe(1)
  for (let i = 0; i < 500; i++) costs.settle(0.1)
  expect(costs.credit).toBe(8)
  for (let i = 0; i < 50; i++) costs.settle(-1)
  expect(costs.credit).toBe(-8)
})
