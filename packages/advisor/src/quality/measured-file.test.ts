import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AdvisorError } from '../errors.ts'
import { exactMatch } from './graders/exact.ts'
import { measureQuality } from './measure.ts'
import { measuredText, readMeasured } from './measured-file.ts'
import { example, testModel } from './testing/models.ts'

const run = {
  at: '2026-11-26T10:00:00.000Z',
  task: 'qa',
  examples: { count: 2, duplicates: 0, contradictions: 0, leaks: 0 },
  grader: exactMatch(),
  instructions: null,
  confidence: 0.95,
}

test('what is written is read, without answers', async () => {
  const measured = await measureQuality(
    [example('a', 'secret', 'b'), example('c', 'd', 'e')],
    [
      { who: 'small', model: testModel(() => 'b') },
      { who: 'cloud', model: testModel((text) => (text === 'd' ? 'e' : 'b')) },
    ],
    exactMatch(),
  )
  const text = measuredText(run, measured)
  expect(text).not.toContain('secret')
  expect(readMeasured(text, 'quality.json')).toEqual(
    measured.map(({ who, right, of, low, high, kept }) => ({ who, right, of, low, high, kept })),
  )
})

test('a list by hand is read; what nobody was asked is left out', () => {
  const row = { who: 'small', right: 8, of: 10, low: 0.4, high: 0.98 }
  expect(readMeasured(JSON.stringify([row, { ...row, who: 'b', right: 0, of: 0 }]), 'f')).toEqual([
    { ...row, kept: null },
  ])
})

test('what cannot be is refused with its place', () => {
  const row = { who: 'small', right: 8, of: 10, low: 0.4, high: 0.98 }
  const issues = (value: unknown): readonly string[] => {
    try {
      readMeasured(typeof value === 'string' ? value : JSON.stringify(value), 'f')
    } catch (error) {
      if (error instanceof AdvisorError && error.code === 'measured_invalid') return error.issues
      throw error
    }
    return ['read']
  }
  expect(issues('{')).toEqual([])
  expect(issues({ measured: [row] })).toEqual([expect.stringMatching(/^format: /)])
  expect(issues([{ ...row, right: 11 }])[0]).toBe('0.right: must not be above "of"')
  expect(issues([{ ...row, low: 0.9 }])).toEqual(['0.low: "low" to "high" must be around right / of'])
  expect(issues([{ ...row, of: 0.5 }])[0]).toMatch(/^0\.of: must be a whole number/)
  expect(issues([{ ...row, kept: { value: 1, low: 2, high: 3 } }])[0]).toMatch(/^0\.kept: /)
  expect(issues([row, row])).toEqual(['1.who: is there twice: name each once'])
})

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        readMeasured(text, 'f')
      } catch (error) {
        expect(error).toBeInstanceOf(AdvisorError)
      }
    }),
  )
})
