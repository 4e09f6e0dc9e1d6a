/** Steps and pieces: everything once an epoch, nothing too large, the same under a seed; and how fast steps learn. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochSteps, fill, pieceOf, tokensRead } from './batches.ts'
import { Pace } from './pace.ts'
import { rateOf } from './schedule.ts'
import { sequencesOf } from './testing/tiny.ts'

const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 })

test('an epoch has every sequence once, in steps that are full and not too large', () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 200 }),
      fc.integer(),
      fc.nat(9),
      (all, most, seed, epoch) => {
        const steps = epochSteps(all, most, seed, epoch)
        expect(steps.flat().sort((a, b) => a - b)).toEqual([...all.keys()])
        const sizes = steps.map((step) => step.reduce((sum, number) => sum + all[number]!, 0))
        for (const [i, step] of steps.entries()) {
          expect(step.length === 1 || sizes[i]! <= most).toBe(true)
          const next = steps[i + 1]?.[0]
          if (next !== undefined) expect(sizes[i]! + all[next]!).toBeGreaterThan(most)
        }
        expect(epochSteps(all, most, seed, epoch)).toEqual(steps)
      },
    ),
    { seed: 1 },
  )
  const many = Array.from({ length: 50 }, () => 1)
  const orders = [epochSteps(many, 99, 1, 0), epochSteps(many, 99, 1, 1), epochSteps(many, 99, 2, 0)].map(
    (steps) => steps.join(),
  )
  expect(new Set(orders).size).toBe(3)
})

test('a piece has its sequences one behind the other, and reads none beyond what counts', () => {
  const [first, second] = sequencesOf(2)
  const cut = {
    ...second!,
    weights: second!.weights.map((weight, i) => (i < second!.ids.length - 3 ? weight : 0)),
  }
  const piece = pieceOf([first!, cut])
  const [a, b] = [tokensRead(first!), tokensRead(cut)]
  expect([a, b]).toEqual([first!.ids.length - 1, second!.ids.length - 4])
  expect([...piece.ids]).toEqual([...first!.ids.slice(0, a), ...cut.ids.slice(0, b)])
  expect([...piece.positions]).toEqual([...Array(a).keys(), ...Array(b).keys()])
  expect(piece.sequences).toEqual([
    { start: 0, length: a },
    { start: a, length: b },
  ])
  for (const { row, id, weight } of piece.targets) {
    const [sequence, at] = row < a ? [first!, row] : [cut, row - a]
    expect([id, weight]).toEqual([sequence.ids[at + 1], sequence.weights[at + 1]])
  }
  const counting = [first!, cut].flatMap(({ weights }) => weights.slice(1).filter((weight) => weight > 0))
  expect(piece.targets).toHaveLength(counting.length)
  expect(fill([0, 1], [a, b], 1)).toEqual([[0], [1]])
})

test('the rate goes up to its top and down to a tenth', () => {
  for (const steps of [1, 2, 10, 1000]) {
    const rates = Array.from({ length: steps }, (_, i) => rateOf(i + 1, steps, 2))
    const top = rates.indexOf(Math.max(...rates))
    expect(rates[top]).toBe(2)
    expect(top).toBe(Math.ceil(0.05 * steps) - 1)
    expect(rates.every((rate, i) => rate > 0 && (i <= top || rate < rates[i - 1]!))).toBe(true)
    if (steps > 1) expect(rates.at(-1)).toBeCloseTo(0.2, 12)
  }
})

test('pace is that of the last seconds', () => {
  const pace = new Pace()
  expect(pace.after(100, 1)).toBe(100)
  for (let i = 0; i < 10; i++) pace.after(10, 1)
  expect(pace.after(10, 1)).toBeCloseTo(10, 9)
})
