/** What is told to be different between two verdicts, and what is refused as an earlier one. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Verdict } from '../decide/types.ts'
import { AdvisorError } from '../errors.ts'
import { readVerdict, verdictChanges } from './changes.ts'
import { sampleVerdict } from './testing/sample-verdict.ts'

const verdict = sampleVerdict()
const read = (value: unknown) => readVerdict(JSON.stringify(value), 'verdict.json')

test('of the same verdict nothing is different, through its file', () => {
  expect(verdictChanges(read(verdict), verdict)).toEqual([])
})

test('the answer, the facts, inputs, rules, and numbers that left their interval', () => {
  const [device, ...others] = verdict.options
  const now: Verdict = {
    ...verdict,
    answer: 'cloud',
    factsVersion: '2027-01-01',
    useCase: { ...verdict.useCase, latency: { ...verdict.useCase.latency, targetMs: 200 } },
    options: [
      {
        ...device!,
        ruledOutBy: ['quality-lost'],
        usersInTime: { value: 0.3, low: 0.2, high: 0.4, level: 0.8 },
        latencyMs: null,
      },
      ...others,
    ],
  }
  expect(verdictChanges(read(verdict), now)).toEqual([
    'the verdict was hybrid and is cloud',
    'the facts were of 2026-11-26 and are of 2027-01-01',
    'latency.targetMs: was 300, is 200',
    'on-device, users in time: was 77 % (50 to 92 %), is 30 % (20 to 40 %)',
    'on-device, latency: was 640 ms (337 to 1,216 ms), is none',
    'on-device is now ruled out by quality-lost',
    'on-device is no longer ruled out by too-few-users-in-time',
  ])
  const within: Verdict = {
    ...verdict,
    options: [{ ...device!, usersInTime: { value: 0.8, low: 0.6, high: 0.95, level: 0.8 } }, ...others],
  }
  expect(verdictChanges(read(verdict), within)).toEqual([])
  expect(verdictChanges(read({ ...verdict, options: [] }), verdict)).toContain('cloud is a new option')
})

test('what is no verdict is refused with each place, and never anything else', () => {
  expect(() => readVerdict('{', 'a.json')).toThrow(/^a\.json is no whole JSON/)
  expect(() => read({ ...verdict, answer: 'maybe' })).toThrow(/verdict\.json is no verdict.*\nanswer: /)
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(() => readVerdict(text, 'a.json')).toThrow(AdvisorError)
    }),
  )
})
