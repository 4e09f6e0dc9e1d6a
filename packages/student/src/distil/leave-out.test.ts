/** What is left out is of the text alone, and what the teacher says stays with its token. */
import { seededRandom } from '@edgewise/evidence'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leaveOut } from './leave-out.ts'

test('the end of the text, the answer and the teacher’s place stay', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 30 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.nat(),
      (n, share, seed) => {
        // The text's tokens are 100 and up, 2 ends it, 7 is the label.
        const ids = [...Array.from({ length: n }, (_, i) => 100 + i), 2, 7, 2]
        const weights = ids.map((_, i) => (i <= n ? 0 : 1))
        const teacher = [{ at: n + 1, ids: [7], probabilities: [0.8] }]
        const less = leaveOut({ ids, weights, teacher }, share, seededRandom(seed))
        expect(less.ids.slice(-3)).toEqual([2, 7, 2])
        expect(less.weights.slice(-3)).toEqual([0, 1, 1])
        expect(less.ids[less.teacher![0]!.at]).toBe(7)
        expect(less.teacher![0]!.at).toBe(less.ids.length - 2)
        expect(less.ids[0]).toBe(100)
        const text = less.ids.slice(0, -3)
        expect(text).toEqual([...text].sort((a, b) => a - b))
        if (share === 0) expect(less).toEqual({ ids, weights, teacher })
      },
    ),
    { seed: 8 },
  )
})
