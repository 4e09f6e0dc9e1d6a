import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestByWeight, kthLargest } from './select.ts'

const some = fc.array(fc.oneof(fc.float({ noNaN: true }), fc.integer({ min: -2, max: 2 })), {
  minLength: 1,
  maxLength: 80,
})

test('the k-th largest is what sorting gives', () => {
  fc.assert(
    fc.property(some, fc.nat(79), fc.nat(5), (values, at, unused) => {
      const k = 1 + (at % values.length)
      const sorted = Float32Array.from(values).sort().reverse()
      const room = Float32Array.from([...values, ...new Array<number>(unused).fill(1e30)])
      expect(kthLargest(room, values.length, k)).toBe(sorted[k - 1])
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('the fewest best by weight are what sorting gives', () => {
  fc.assert(
    fc.property(some, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (values, part, isBeyond) => {
      const logits = Float32Array.from(values)
      // Weights that are whole numbers, so that sums do not depend on their order.
      const weightOf = (id: number) => 1 + (id % 4)
      const ids = Int32Array.from(logits.keys()).reverse()
      const weights = Float64Array.from(ids, weightOf)
      const total = weights.reduce((a, b) => a + b)
      const target = Math.floor(part * total)
      const sorted = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b)
      let sum = 0
      const reached = sorted.findIndex((id) => {
        sum += weightOf(id)
        return isBeyond ? sum > target : sum >= target
      })
      const expected = reached < 0 ? sorted.length : reached + 1
      const count = bestByWeight(ids, weights, ids.length, logits, target, isBeyond)
      if (target === 0 && !isBeyond) expect(count).toBeLessThanOrEqual(1)
      else {
        expect(count).toBe(expected)
        expect(ids[count - 1]).toBe(sorted[expected - 1])
        expect(new Set(ids.slice(0, count))).toEqual(new Set(sorted.slice(0, expected)))
      }
      for (let i = 0; i < ids.length; i++) expect(weights[i]).toBe(weightOf(ids[i]!))
    }),
    { numRuns: 2000, seed: 2 },
  )
})
