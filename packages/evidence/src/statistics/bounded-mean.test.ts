import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binomialCdf } from './binomial.ts'
import { Bets } from './bounded-mean.ts'
import { seededRandom } from './random.ts'
import { hoeffdingBentkus } from './testing/hoeffding-bentkus.ts'

function betsOf(losses: readonly number[], alpha: number, delta = 0.1): number {
  const bets = new Bets(1 - alpha, Math.sqrt(alpha * (1 - alpha)), losses.length, delta)
  for (const loss of losses) bets.add(loss - alpha)
  return bets.pValue
}

const losses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 })
const alpha = fc.double({ min: 0.01, max: 0.5, noNaN: true })
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('both p-values', () => {
  test('rise when a loss rises, fall when alpha rises', () => {
    fc.assert(
      fc.property(losses, alpha, alpha, fc.nat(), (values, a, b, at) => {
        const worse = values.with(at % values.length, 1)
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        expect(betsOf(values, low)).toBeLessThanOrEqual(betsOf(worse, low) + 1e-12)
        const n = values.length
        expect(hoeffdingBentkus(sum(values), n, low)).toBeLessThanOrEqual(
          hoeffdingBentkus(sum(worse), n, low) + 1e-12,
        )
        expect(hoeffdingBentkus(sum(values), n, high)).toBeLessThanOrEqual(
          hoeffdingBentkus(sum(values), n, low) + 1e-12,
        )
      }),
    )
  })

  test('do not depend on the order', () => {
    fc.assert(
      fc.property(losses, alpha, (values, a) => {
        expect(betsOf(values, a)).toBeCloseTo(betsOf([...values].reverse(), a), 9)
      }),
    )
  })

  test('one value replaced is the same as having added the other', () => {
    const bets = new Bets(0.9, 0.3, 3, 0.1)
    for (const x of [-0.1, 0.4, -0.1]) bets.add(x)
    bets.replace(0.4, -0.1)
    expect(bets.pValue).toBeCloseTo(betsOf([0, 0, 0], 0.1), 12)
  })

  test('are at most delta in at most delta of the cases at the limit itself: coins, counted exactly', () => {
    for (const [n, a] of [
      [40, 0.1],
      [100, 0.05],
      [25, 0.3],
    ] as const) {
      for (const delta of [0.05, 0.1, 0.3]) {
        let bets = 0
        let bounds = 0
        for (let k = 0; k <= n; k++) {
          const probability = binomialCdf(k, n, a) - binomialCdf(k - 1, n, a)
          const values = Array.from({ length: n }, (_, i) => (i < k ? 1 : 0))
          if (betsOf(values, a, delta) <= delta) bets += probability
          if (hoeffdingBentkus(k, n, a) <= delta) bounds += probability
        }
        expect(bets).toBeLessThanOrEqual(delta)
        expect(bounds).toBeLessThanOrEqual(delta)
      }
    }
  })

  test('the same for losses of other shapes, drawn', () => {
    const random = seededRandom(5)
    for (const draw of [() => random() * 0.2, () => (random() < 0.2 ? 0.5 : 0), () => random() ** 9]) {
      const mean = 0.1
      const rounds = 2000
      let rejected = 0
      for (let round = 0; round < rounds; round++) {
        const values = Array.from({ length: 50 }, draw)
        if (betsOf(values, mean) <= 0.1) rejected++
      }
      // 200 expected at most, plus three standard deviations.
      expect(rejected).toBeLessThan(240)
    }
  })

  test('betting needs fewer losses that vary little, the bounds fewer coins', () => {
    const steady = Array.from({ length: 120 }, () => 0.03)
    expect(betsOf(steady, 0.05)).toBeLessThan(hoeffdingBentkus(sum(steady), 120, 0.05) / 1.5)
    const coins = Array.from({ length: 600 }, (_, i) => (i < 22 ? 1 : 0))
    expect(binomialCdf(22, 600, 0.05)).toBeLessThan(betsOf(coins, 0.05))
    expect(binomialCdf(22, 600, 0.05)).toBeLessThan(hoeffdingBentkus(22, 600, 0.05))
  })
})
