import { seededRandom } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { type Factor, fitEffects, lawOf, median, type Observed, shared } from './effects.ts'

const factors: readonly Factor[] = [
  { name: 'all', part: null, spread: 1 },
  { name: 'group', part: null, spread: 0.3 },
  { name: 'overhead', part: 1, spread: 0.5 },
]

/** Devices of two groups, one twice as slow, with an overhead twice that of the start; a hundredth of noise. */
function made(rows: number, outliers = 0): Observed[] {
  const random = seededRandom(1)
  return Array.from({ length: rows }, (_, i) => {
    const parts = [0.001 + random() * 0.02, 0.002]
    const group = i % 2 ? 'slow' : 'fast'
    const seconds = (parts[0]! + 2 * parts[1]!) * (group === 'slow' ? 2 : 1)
    const off = i < outliers ? 8 : 1 + 0.02 * (random() - 0.5)
    return { parts, levels: ['all', group, 'all'], seconds: seconds * off }
  })
}

const gap = (observed: readonly Observed[]): number => {
  const { factors: of } = fitEffects(observed, factors)
  return of[1]!.levels.slow!.value - of[1]!.levels.fast!.value
}

describe('effects', () => {
  test('are found again, on the whole and on a part', () => {
    const effects = fitEffects(made(200), factors)
    const of = (group: string, parts: readonly number[]): number =>
      lawOf(effects, factors, { parts, levels: ['all', group, 'all'] }).seconds
    expect(of('fast', [0.01, 0.002])).toBeCloseTo(0.014, 3)
    expect(of('slow', [0.001, 0.002])).toBeCloseTo(0.01, 3)
  })

  test('hardly move for outliers', () => {
    expect(Math.abs(gap(made(200, 20)) - Math.LN2)).toBeLessThan(0.1)
  })

  test('are shrunk the more, the fewer observations bear them', () => {
    const one = made(41).filter((seen, i) => seen.levels[1] === 'fast' || i === 1)
    expect(gap(one)).toBeLessThan(gap(made(41)) + 1e-9)
    expect(fitEffects(one, factors).factors[1]!.levels.slow!.variance).toBeGreaterThan(
      fitEffects(made(41), factors).factors[1]!.levels.slow!.variance,
    )
  })

  test('of a level that was not seen are none, and it is uncertain by the spread of its factor', () => {
    const effects = fitEffects(made(40), factors)
    const unseen = { parts: [0.01, 0.002], levels: ['all', 'new', 'all'] }
    const seen = { parts: [0.01, 0.002], levels: ['all', 'slow', 'all'] }
    const variance = (of: typeof seen): number => {
      const target = { levels: of.levels, slopes: lawOf(effects, factors, of).slopes }
      return shared(effects, target, target)
    }
    expect(variance(unseen)).toBeGreaterThan(variance(seen))
    expect(lawOf(effects, factors, unseen).slopes[1]).toBe(1)
  })

  test('are the same from the same observations, and refuse none', () => {
    expect(fitEffects(made(30), factors)).toEqual(fitEffects(made(30), factors))
    expect(() => fitEffects([], factors)).toThrow('nothing was observed')
  })

  test('the median of an even number lies between the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([3, 1, 2])).toBe(2)
  })
})
