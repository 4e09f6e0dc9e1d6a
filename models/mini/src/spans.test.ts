import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Unit } from './protocol.ts'
import { logSoftmax, tally } from './score.ts'
import { decodeSpans } from './spans.ts'

const marks = { names: ['a', 'b'], ids: [0, 1, 2, 3, 4] }

/** Units " x", " x", ... of which some are white space. */
const unitsOf = (blanks: readonly boolean[]): Unit[] =>
  blanks.map((blank, i) => ({ start: i * 2, end: i * 2 + 2, text: blank ? '  ' : ' x', blank, ids: [i] }))

/** Every way to name the units that fits together, the best of them. */
function bestByTrying(rows: readonly (readonly number[])[], allowed: readonly number[]): number {
  const fits = (state: number, before: number) => state <= 2 || before === state || before === state - 2
  const isAllowed = (state: number) => state === 0 || allowed.includes((state - 1) % 2)
  let scores = new Map([[0, 0]])
  for (const row of rows) {
    const next = new Map<number, number>()
    for (const [before, sum] of scores)
      for (let state = 0; state < 5; state++)
        if (isAllowed(state) && fits(state, before))
          next.set(state, Math.max(next.get(state) ?? -Infinity, sum + row[state]!))
    scores = next
  }
  return Math.max(...scores.values())
}

const row = fc
  .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map(logSoftmax)

test('the most probable spans that fit together are found, white space counts for nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), row), { maxLength: 6 }),
      fc.constantFrom([0, 1], [1]),
      (given, allowed) => {
        const units = unitsOf(given.map(([blank]) => blank))
        const judged = given.map(([blank, scores]) => (blank ? undefined : scores))
        const decisions = tally()
        let sum = 0
        const spans = decodeSpans(
          units,
          { whole: [], units: judged },
          marks,
          { ...decisions, add: (logprob) => (sum += logprob) },
          { allowed },
        )
        const rows = judged.filter((scores) => scores !== undefined)
        expect(sum).toBeCloseTo(bestByTrying(rows, allowed), 8)
        let end = 0
        for (const span of spans) {
          expect(span.start).toBeGreaterThanOrEqual(end)
          expect(span.end).toBeGreaterThan(span.start)
          expect(allowed.map((k) => marks.names[k])).toContain(span.type)
          end = span.end
        }
      },
    ),
    { numRuns: 300, seed: 3 },
  )
})

test('what standing outside costs marks more', () => {
  const units = unitsOf([false, false])
  const judged = [logSoftmax([1, 0, -9, -9, -9]), logSoftmax([1, -9, -9, 0.5, -9])]
  const spansAt = (noneCost: number) =>
    decodeSpans(units, { whole: [], units: judged }, marks, tally(), { noneCost })
  expect(spansAt(0)).toEqual([])
  expect(spansAt(2)).toEqual([{ type: 'a', start: 1, end: 4 }])
})
