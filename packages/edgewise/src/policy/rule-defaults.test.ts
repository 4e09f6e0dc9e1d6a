import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomRule } from '../testing/random-policy.ts'
import { resolveRule } from './rule-defaults.ts'
import type { Rule } from './types.ts'

test('what a rule that says nothing but its place means', () => {
  expect(resolveRule({ place: 'prefer-device' })).toEqual({
    place: 'prefer-device',
    privacy: 'anything',
    deviceTask: null,
    deviceModel: null,
    instructions: null,
    deadlineMs: { firstToken: null, total: null },
    hedgeAfterMs: null,
    budget: null,
    maxInputTokens: null,
    escalate: [],
    audit: null,
    commit: 'first-output',
    offline: 'device',
    cache: null,
    select: null,
    compress: null,
    storeDays: null,
  })
  expect(resolveRule({ place: 'device-only' })).toMatchObject({ privacy: 'nothing-leaves' })
  expect(resolveRule({ place: 'cloud-only' })).toMatchObject({ privacy: 'anything', offline: 'fail' })
  expect(resolveRule({ place: 'race' })).toMatchObject({ hedgeAfterMs: 0 })
})

test('bars hold the answer back until they are known, and agreement draws samples', () => {
  const escalate: Rule['escalate'] = [
    { signal: 'agreement', threshold: 0.6 },
    { signal: 'schema' },
    { signal: 'margin', threshold: 1, certificate: 'c' },
  ]
  expect(resolveRule({ place: 'race', escalate })).toMatchObject({
    commit: 'whole-answer',
    escalate: [
      { signal: 'agreement', threshold: 0.6, samples: 3, certificate: null },
      { signal: 'schema', threshold: null, samples: 0, certificate: null },
      { signal: 'margin', threshold: 1, samples: 0, certificate: 'c' },
    ],
  })
  expect(resolveRule({ place: 'race', escalate, commit: 'valid-json' }).commit).toBe('valid-json')
})

test('what a rule says stands, and what it leaves out is never undefined', () => {
  fc.assert(
    fc.property(randomRule, (rule) => {
      const { cache, store, escalate = [], deadlineMs = {}, budget, ...others } = rule
      const resolved = resolveRule(rule)
      expect(resolved).toMatchObject(others)
      expect(Object.values(resolved)).not.toContain(undefined)
      expect(resolved.deadlineMs).toMatchObject(deadlineMs)
      expect(resolved.escalate.map(({ signal }) => signal)).toEqual(escalate.map(({ signal }) => signal))
      expect(resolved.storeDays).toBe(store?.days ?? null)
      expect(resolved.cache?.minSimilarity ?? null).toBe(cache?.semantic?.minSimilarity ?? null)
      if (budget !== undefined) expect(resolved.budget).toMatchObject(budget)
      expect(resolved.privacy === 'nothing-leaves').toBe(rule.place === 'device-only')
    }),
    { seed: 8, numRuns: 300 },
  )
})
