/** Nobody is on both sides, and the same seed gives the same sides. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleOf } from '../testing/answers.ts'
import { splitExamples } from './split.ts'

const examples = fc
  .array(
    fc.record({
      user: fc.constantFrom(undefined, 'u1', 'u2', 'u3', 'u4', 'u5'),
      at: fc.integer({ min: 0, max: 9 }),
    }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .map((list) =>
    list.map(({ user, at }, i) => exampleOf({ id: String(i), at, ...(user !== undefined && { user }) })),
  )

test.each(['user', 'time'] as const)('by %s', (by) => {
  fc.assert(
    fc.property(examples, fc.constantFrom(0.1, 0.5), (list, share) => {
      const options = { by, share, seed: 3 }
      let split: ReturnType<typeof splitExamples>
      try {
        split = splitExamples(list, options)
      } catch (error) {
        expect(error).toMatchObject({ code: 'examples_invalid' })
        return
      }
      const { train, held, left } = split
      expect([...train, ...held, ...left].map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort())
      const users = new Set(train.flatMap(({ user }) => user ?? []))
      for (const { user } of held) expect(user === undefined || !users.has(user)).toBe(true)
      if (by === 'time')
        expect(Math.max(...train.map(({ at }) => at!))).toBeLessThanOrEqual(
          Math.min(...held.map(({ at }) => at!)),
        )
      else expect(left).toEqual([])
      expect(splitExamples(list, options)).toEqual(split)
    }),
    { seed: 8, numRuns: 200 },
  )
})

test('by time, what has none is named', () => {
  expect(() =>
    splitExamples([exampleOf({ row: 7 }), exampleOf()], { by: 'time', share: 0.5, seed: 1 }),
  ).toThrow(expect.objectContaining({ issues: ['row 7: it has no time', 'e: it has no time'] }))
})
