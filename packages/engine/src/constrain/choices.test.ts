import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadConstraintError } from '../errors.ts'
import { allTexts, overBytes } from './testing/accepts.ts'

test('the texts are the choices, whatever they share', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '日', '😀', '"', ' '), maxLength: 5 })
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 8 }), (choices) => {
      expect(new Set(allTexts(overBytes({ choices })))).toEqual(new Set(choices))
    }),
    { numRuns: 200, seed: 1 },
  )
})

test('an empty text is a choice that is complete at once', () => {
  const start = overBytes({ choices: [''] }).start()
  expect(start).toMatchObject({ isComplete: true, isFinished: true })
  expect(start.shortestCompletion()).toEqual([])
})

test('no choice, or half a surrogate pair, is refused', () => {
  expect(() => overBytes({ choices: [] })).toThrow(BadConstraintError)
  expect(() => overBytes({ choices: ['a', '\ud83d'] })).toThrow(/no well-formed text/)
  expect(() => overBytes({} as never)).toThrow(/needs one of jsonSchema, choices and regex/)
})
