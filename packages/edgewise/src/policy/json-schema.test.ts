import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomPolicy } from '../testing/random-policy.ts'
import { policyJsonSchema } from './json-schema.ts'
import { checkPolicy } from './parse.ts'

const schema = policyJsonSchema()
const validator = new Validator(schema as Schema, '2020-12')

test('the published file is this schema: else run node --conditions=edgewise-source scripts/write-schemas.mjs', () => {
  const file = new URL('../../../../schemas/edgewise.policy.schema.json', import.meta.url)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema)
})

test('every key has a help text', () => {
  const without: string[] = []
  let keys = 0
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, inner] of Object.entries(node)) {
      if (name === 'allOf') continue
      if (name === 'properties') {
        for (const [key, value] of Object.entries(inner as Record<string, { description?: string }>)) {
          keys++
          if (!value.description) without.push(`${path}/${key}`)
        }
      }
      walk(inner, `${path}/${name}`)
    }
  }
  walk(schema, '')
  expect(without).toEqual([])
  expect(keys).toBeGreaterThan(60)
})

test('it takes every policy that is one', () => {
  fc.assert(
    fc.property(randomPolicy, (policy) => {
      expect(validator.validate(policy).errors).toEqual([])
    }),
    { seed: 10, numRuns: 200 },
  )
})

describe('it refuses the keys that contradict a place, as reading the policy does', () => {
  const values = {
    deviceTask: 'fix',
    deviceModel: 'fix.gguf',
    instructions: 'x',
    hedgeAfterMs: 100,
    budget: { perDayUsd: 1 },
    maxInputTokens: 10,
    escalate: [{ signal: 'schema' }],
    audit: { share: 0.1, perDayUsd: 1 },
    commit: 'whole-answer',
    offline: 'device',
    select: { maxTokens: 100 },
    compress: { keep: 0.5, certificate: 'c' },
  }
  test.each(['device-only', 'prefer-device', 'prefer-cloud', 'race'])('%s', (place) => {
    for (const [key, value] of Object.entries(values)) {
      const policy = { version: 1, tasks: { t: { place, [key]: value } }, default: { place: 'race' } }
      let isPolicy = true
      try {
        checkPolicy(policy)
      } catch {
        isPolicy = false
      }
      expect([key, validator.validate(policy).valid]).toEqual([key, isPolicy])
    }
  })
})

test.each([
  ['an unknown key', { version: 1, tasks: {}, default: { place: 'race', placed: 1 } }],
  ['no default', { version: 1, tasks: {} }],
  [
    'a task name with a space',
    { version: 1, tasks: { 'a b': { place: 'race' } }, default: { place: 'race' } },
  ],
  [
    'a variable that is none',
    {
      version: 1,
      cloud: { baseURL: 'http://h', model: 'm', apiKeyEnv: 'sk-1' },
      tasks: {},
      default: { place: 'race' },
    },
  ],
  ['another version', { version: 2, tasks: {}, default: { place: 'race' } }],
])('it refuses %s', (_, policy) => {
  expect(validator.validate(policy).valid).toBe(false)
})
