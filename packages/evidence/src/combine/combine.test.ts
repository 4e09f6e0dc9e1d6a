import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outcome, PAIR } from '../certify/testing/simulated.ts'
import { auroc } from '../statistics/auroc.ts'
import { seededRandom, shuffle } from '../statistics/random.ts'
import type { TraceItem } from '../trace/item.ts'
import { combine, rankAmong } from './combination.ts'
import { fitLogistic } from './fit-logistic.ts'
import { gate, isAside } from './gate.ts'
import { calibrated, calibrationError, fitIsotonic } from './isotonic.ts'

const number = fc.double({ min: -10, max: 10, noNaN: true })

describe('a rank among knots', () => {
  test('is 0 to 1, rises with the value, and does not care for the scale', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 20 }), number, number, (values, a, b) => {
        const knots = [...values].sort((x, y) => x - y)
        const [low, high] = [rankAmong(knots, Math.min(a, b)), rankAmong(knots, Math.max(a, b))]
        expect(low).toBeLessThanOrEqual(high)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('by example', () => {
    expect([-1, 0, 5, 10, 20, 30].map((value) => rankAmong([0, 10, 20], value))).toEqual([
      0, 0, 0.25, 0.5, 1, 1,
    ])
    expect(rankAmong([1, 1, 1], 1)).toBe(0.5)
    expect(rankAmong([0, 0, 0, 1], 0)).toBeCloseTo(1 / 3)
    expect(rankAmong([-1.7e308, 1.7e308], 0)).toBe(0.5)
  })
})

/** Right with a probability that rises with the first feature and falls with the second; the third is noise. */
function examples(n: number, seed: number) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => {
    const features = [-(random() ** 4), random(), random()]
    const odds = 6 * (rankOf(features[0]!) - 0.5) - 4 * (features[1]! - 0.5)
    return { features, right: random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0 }
  })
}
const rankOf = (value: number): number => 1 - (-value) ** 0.25

describe('logistic regression', () => {
  const combination = fitLogistic(['a', 'b', 'noise'], examples(3000, 1))
  const weightOf = (name: string): number =>
    combination.features.find((feature) => feature.name === name)!.weight

  test('finds the weights that made the data', () => {
    expect(weightOf('a')).toBeCloseTo(6, 0)
    expect(weightOf('b')).toBeCloseTo(-4, 0)
    expect(Math.abs(weightOf('noise'))).toBeLessThan(0.5)
  })

  test('says probabilities that are true of others', () => {
    const stated = examples(3000, 2).map(({ features, right }) => {
      const [a, b, noise] = features
      return { probability: combine(combination, (name) => ({ a, b, noise })[name] ?? null)!, right }
    })
    expect(calibrationError(stated)).toBeLessThan(0.03)
  })

  test('of few examples is timid, and of a feature that never changes silent', () => {
    const random = seededRandom(3)
    const noise = Array.from({ length: 30 }, () => ({
      features: [random(), 1],
      right: random() < 0.5 ? 1 : 0,
    }))
    const { features } = fitLogistic(['a', 'same'], noise)
    expect(Math.abs(features[0]!.weight)).toBeLessThan(2)
    expect(features[1]!.weight).toBe(0)
  })

  test('no evidence of numbers that cannot be added up', () => {
    const [large, small] = [1, -1].map((sign) => ({ name: 'a', knots: [0, 1], weight: sign * Infinity }))
    expect(combine({ kind: 'logistic', intercept: 0, features: [large!, small!] }, () => 1)).toBeNull()
  })

  test('no evidence where a feature is missing', () => {
    expect(combine(combination, (name) => (name === 'b' ? null : 0))).toBeNull()
    expect(combine(combination, () => Number.NaN)).toBeNull()
  })
})

describe('isotonic regression', () => {
  const points = fc.array(
    fc.record({ signal: fc.integer({ min: 0, max: 8 }), right: fc.constantFrom(0, 1) }),
    { minLength: 1, maxLength: 9 },
  )

  test('is the best rising function: no other of the grid has a smaller squared error', () => {
    const grid = [0, 0.25, 0.5, 0.75, 1]
    fc.assert(
      fc.property(
        points,
        fc.array(fc.constantFrom(...grid), { minLength: 9, maxLength: 9 }),
        (all, heights) => {
          const steps = fitIsotonic(all)
          const rising = [...heights].sort((a, b) => a - b)
          const error = (f: (signal: number) => number): number =>
            all.reduce((sum, { signal, right }) => sum + (f(signal) - right) ** 2, 0)
          expect(error((signal) => calibrated(steps, signal))).toBeLessThanOrEqual(
            error((s) => rising[s]!) + 1e-9,
          )
        },
      ),
    )
  })

  test('rises, keeps the mean, and does not depend on the order', () => {
    fc.assert(
      fc.property(points, fc.integer(), (all, seed) => {
        const steps = fitIsotonic(all)
        for (const [i, { probability }] of steps.entries())
          if (i > 0) expect(probability).toBeGreaterThan(steps[i - 1]!.probability)
        const mean = all.reduce((sum, { signal }) => sum + calibrated(steps, signal), 0)
        expect(mean).toBeCloseTo(
          all.reduce((sum, { right }) => sum + right, 0),
          9,
        )
        expect(fitIsotonic(shuffle([...all], seededRandom(seed)))).toEqual(steps)
      }),
    )
  })
})

describe('the gate', () => {
  const items = (n: number, seed: number, secondMatters: boolean): TraceItem[] =>
    examples(n, seed).map(({ features: [plain, second], right }, i) => ({
      id: `${seed}-${i}`,
      task: 't',
      at: null,
      prompt: null,
      promptDigest: null,
      models: {
        small: outcome(right, { plain: plain!, second: secondMatters ? second! : ((i * 37) % 101) / 101 }),
        large: outcome(1),
      },
    }))

  test('lets a combination pass that is better on what it has not seen', () => {
    const passed = gate(items(800, 4, true), PAIR, 'plain')!
    expect(passed.passed).toBe(true)
    expect(passed.combinedAuroc).toBeGreaterThan(passed.plainAuroc + 0.02)
    expect(passed.why).toContain('it is used')
    expect(passed.combination.features.map(({ name }) => name)).toEqual(['plain', 'second'])
  })

  test('keeps one out that only knows more', () => {
    let passed = 0
    for (let seed = 0; seed < 40; seed++)
      if (gate(items(300, 100 + seed, false), PAIR, 'plain')!.passed) passed++
    // One in twenty by chance.
    expect(passed).toBeLessThanOrEqual(5)
  })

  test('takes no notice of what those kept aside lack', () => {
    const all = items(800, 4, true)
    const [first] = all.filter(isAside)
    const without = all.map((item) =>
      item === first
        ? { ...item, models: { ...item.models, small: outcome(1, { plain: -0.1, other: 1 }) } }
        : item,
    )
    expect(gate(without, PAIR, 'plain')!.combination).toEqual(gate(all, PAIR, 'plain')!.combination)
  })

  test('says nothing of too few items, or of a signal alone', () => {
    expect(gate(items(60, 5, true), PAIR, 'plain')).toBeNull()
    expect(gate([], PAIR, 'plain')).toBeNull()
    const alone = items(400, 6, true).map((item) => ({
      ...item,
      models: { ...item.models, small: outcome(item.models.small!.score!, { plain: 0.5 }) },
    }))
    expect(gate(alone, PAIR, 'plain')).toBeNull()
  })
})

test('AUROC by counting every pair', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ signal: fc.integer({ min: 0, max: 5 }), right: fc.boolean() }), { maxLength: 30 }),
      (all) => {
        const right = all.filter((item) => item.right)
        const wrong = all.filter((item) => !item.right)
        let wins = 0
        for (const a of right)
          for (const b of wrong) wins += a.signal > b.signal ? 1 : a.signal === b.signal ? 0.5 : 0
        const area = auroc(all)
        if (right.length === 0 || wrong.length === 0) expect(area).toBeNull()
        else expect(area).toBeCloseTo(wins / (right.length * wrong.length), 12)
      },
    ),
  )
})
