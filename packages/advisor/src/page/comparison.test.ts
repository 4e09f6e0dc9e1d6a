/** What is printed of a comparison: both figures, open ends, what no longer holds, what cannot be told. */
import { documentText } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import type { Comparison } from '../against/types.ts'
import { comparisonDocument } from './comparison.ts'
import { sampleVerdict } from './testing/sample-verdict.ts'

const { useCase } = sampleVerdict()
const base = { said: '', why: '', rules: [] } as const
const comparison = {
  task: 'reply',
  answer: 'hybrid',
  leans: 'hybrid',
  calls: 1200,
  others: { calls: 0, are: 'rehearsals' },
  first: '2026-11-01T10:00:00.000Z',
  last: '2026-11-25T10:00:00.000Z',
  statements: [
    {
      ...base,
      name: 'stays',
      unit: 'share',
      predicted: { value: 0.7, low: 0.5, high: 0.8, level: 0.8 },
      happened: { value: 0.4, low: 0.37, high: 0.43, n: 1200 },
      holds: false,
    },
    {
      ...base,
      name: 'device-latency',
      unit: 'ms',
      predicted: null,
      happened: { value: 280, low: 250, high: null, n: 12 },
      holds: null,
    },
    { ...base, name: 'quality', unit: 'share', predicted: null, happened: null, holds: null },
  ],
  noLonger: ['fewer calls stay than was said'],
  now: { useCase, answer: 'uncertain', leans: 'hybrid', why: 'Probably both.' },
} as const

const printed = (changes: Partial<Comparison> = {}): string =>
  documentText(comparisonDocument({ ...(comparison as unknown as Comparison), ...changes }), { width: 110 })

test('said, happened, and whether it holds', () => {
  const told = printed()
  expect(told).toContain('1,200 answered calls of the task reply, 2026-11-01 to 2026-11-25')
  expect(told).toMatch(/stays +70 % \(50 to 80 %\) +40 % \(37 to 43 %\) +1,200 +no/)
  expect(told).toMatch(/device-latency +- +280 ms \(250 ms or more\) +12 +cannot be told/)
  expect(told).toMatch(/quality +- +- +- +cannot be told/)
  expect(told).toContain('- Fewer calls stay than was said.')
  expect(told).toContain('With what was seen it would be decided as before: uncertain.')
})

test('without calls, and without a contradiction', () => {
  const none = printed({ calls: 0, first: null, last: null, statements: [], noLonger: [], now: null })
  expect(none).toContain('No call of this task is in the ledger.')
  expect(none).toContain('Too few calls')
  const others = { calls: 35, are: 'rehearsals' } as const
  expect(printed({ calls: 0, others, statements: [], noLonger: [], now: null })).toContain(
    'The ledger has rehearsals of this task alone, 35: they are compared with --rehearsal.',
  )
  expect(printed({ noLonger: [] })).toContain('Nothing that was said is contradicted.')
})
