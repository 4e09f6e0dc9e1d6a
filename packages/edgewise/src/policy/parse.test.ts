import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { PolicyError } from '../errors.ts'
import { errorOf, minimal } from '../testing/policy-errors.ts'
import { randomPolicy } from '../testing/random-policy.ts'
import { chatPolicy } from './chat-policy.ts'
import { defaultPolicy } from './default-policy.ts'
import { MAX_POLICY_CHARS } from './limits.ts'
import { checkPolicy, parsePolicy } from './parse.ts'
import type { Policy } from './types.ts'

const full: Policy = {
  $schema: './edgewise.policy.schema.json',
  version: 1,
  cloud: {
    baseURL: 'https://api.example.com/v1',
    model: 'm',
    apiKeyEnv: 'API_KEY',
    firstTokenMs: 1000,
    idleMs: 2000,
    retries: 0,
    price: { inputPerMTok: 0, cachedInputPerMTok: 0, outputPerMTok: 1.5, asOf: '2026-08-05', source: 's' },
    rehearsal: true,
  },
  reference: { model: 'm', inputPerMTok: 1, outputPerMTok: 2, asOf: '2026-08-05', source: 's' },
  tasks: {
    a: {
      place: 'prefer-device',
      privacy: 'redacted',
      deviceTask: 'fix',
      instructions: 'x',
      deadlineMs: { firstToken: 900, total: 3000 },
      hedgeAfterMs: 300,
      budget: { perDayUsd: 2, perUserPerDayUsd: 0.1 },
      maxInputTokens: 100,
      escalate: [
        { signal: 'meanLogprob', threshold: -0.5, certificate: 'c1' },
        { signal: 'agreement', threshold: 0.6, samples: 5 },
        { signal: 'schema' },
        { signal: 'ownHead', threshold: 0.3 },
      ],
      commit: 'whole-answer',
      offline: 'fail',
      cache: { ttlSeconds: 60, semantic: { minSimilarity: 0.95 } },
      select: { maxTokens: 2000 },
      compress: { keep: 0.5, certificate: 'c2' },
      store: { consented: true, days: 30 },
    },
    b: { place: 'device-only', privacy: 'nothing-leaves', deviceTask: 'fix' },
    c: { place: 'race', commit: { tokens: 12 } },
  },
  match: [
    { task: 'a', when: { systemContains: ['x'], userContains: ['y', 'z'], minChars: 1, maxChars: 9 } },
    { task: 'b', when: { hasTools: false, wantsJson: true } },
  ],
  default: { place: 'cloud-only' },
}

test.each([
  ['the built-in one', defaultPolicy],
  ['the one of a chat model', chatPolicy],
  ['one with every setting', full],
])('%s is read as it stands, as a value, as JSON and as YAML', (_, policy) => {
  expect(checkPolicy(policy)).toEqual(policy)
  expect(parsePolicy(JSON.stringify(policy), 'edge.JSON')).toEqual(policy)
  expect(parsePolicy(JSON.stringify(policy), 'edge.yaml')).toEqual(policy)
  expect(parsePolicy(stringify(policy), 'edge.yml')).toEqual(policy)
})

test('any policy without a contradiction is read as it stands, as JSON and as YAML', () => {
  fc.assert(
    fc.property(randomPolicy, fc.constantFrom(0, 2), (policy, indent) => {
      expect(checkPolicy(policy)).toEqual(policy)
      expect(parsePolicy(JSON.stringify(policy, null, indent), 'p.json')).toEqual(policy)
      expect(parsePolicy(stringify(policy, { aliasDuplicateObjects: false }), 'p.yaml')).toEqual(policy)
    }),
    { seed: 4, numRuns: 100 },
  )
})

/** Puts `value` somewhere into a copy of `policy`. */
function damage(policy: Policy, at: number, value: unknown, key: string | null): unknown {
  const copy = JSON.parse(JSON.stringify(policy)) as Record<string, unknown>
  const places: [Record<string, unknown>, string][] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, inner] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, name])
      walk(inner)
    }
  }
  walk(copy)
  const [parent, name] = places[at % places.length]!
  if (key === null) parent[name] = value
  else parent[key] = value
  return copy
}

test('a damaged policy is a policy or a PolicyError: each issue has a line of the text and quotes no value', () => {
  const secret = 'sEcrET-zq7'
  const value = fc.oneof(
    fc.constantFrom<unknown[]>(null, -1, 0, 1e9, true, '', secret, [], {}, [secret], { [secret]: secret }),
    fc.constantFrom('device-only', 'race', 'redacted', 'nothing-leaves', 'first-output', 'schema'),
  )
  const key = fc.option(
    fc.constantFrom(
      'place',
      'privacy',
      'escalate',
      'commit',
      'budget',
      'when',
      'threshold',
      'baseURL',
      'apiKeyEnv',
    ),
  )
  let refused = 0
  fc.assert(
    fc.property(randomPolicy, fc.nat(), value, key, fc.boolean(), (policy, at, put, name, isYaml) => {
      const damaged = damage(policy, at, put, name)
      const text = isYaml ? stringify(damaged) : JSON.stringify(damaged, null, 1)
      try {
        parsePolicy(text, isYaml ? 'p.yaml' : 'p.json')
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error
        refused++
        expect(error.issues.length).toBeGreaterThan(0)
        const lines = text.split('\n')
        for (const { line, column, message } of error.issues) {
          expect(column!).toBeLessThanOrEqual(lines[line! - 1]!.length + 1)
          expect(message).not.toContain(secret)
        }
      }
    }),
    { seed: 5, numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(150)
})

test('any bytes are a PolicyError with a line', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom('p.json', 'p.yaml'), (bytes, file) => {
      const text = new TextDecoder().decode(bytes)
      const { issues } = errorOf(() => parsePolicy(text, file))
      expect(issues.every(({ line, column }) => line! > 0 && column! > 0)).toBe(true)
    }),
    { seed: 6, numRuns: 1000 },
  )
})

test('a text with a hole or a scratch is a policy or a PolicyError', () => {
  const scratch = fc.constantFrom(
    '',
    '"',
    ',',
    '}',
    '\\',
    '0',
    ' ',
    '\n',
    '-',
    ':',
    '#',
    '\t',
    '&a',
    '*a',
    '!',
  )
  fc.assert(
    fc.property(fc.nat(), fc.nat(4), scratch, fc.boolean(), (at, cut, insert, isYaml) => {
      const whole = isYaml ? stringify(full) : JSON.stringify(full, null, 1)
      const offset = at % whole.length
      const text = whole.slice(0, offset) + insert + whole.slice(offset + cut)
      try {
        parsePolicy(text, isYaml ? 'p.yaml' : 'p.json')
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError)
        expect((error as PolicyError).issues.every(({ line }) => line! > 0)).toBe(true)
      }
    }),
    { seed: 7, numRuns: 250 },
  )
})

describe('errors name the file, the place in it and what to do', () => {
  test('a syntax error', () => {
    const error = errorOf(() => parsePolicy('{\n  "version": 1,\n}', 'edge.json'))
    expect(error.code).toBe('bad_policy')
    expect(error.message).toBe('edge.json:3:1: this is not JSON: a comma stands before this }: take it out')
  })

  test('an empty file', () => {
    expect(errorOf(() => parsePolicy('# nothing yet\n', 'edge.yaml')).message).toBe(
      'edge.yaml:1:1: use settings in braces, { }',
    )
  })

  test('several at once, one a line', () => {
    const error = errorOf(() => parsePolicy('{"version": 2, "tasks": {"t": {"place": "moon"}}}'))
    expect(error.message.split('\n')).toEqual([
      'policy.json:1:2 version: use 1',
      'policy.json:1:32 tasks.t.place: use "device-only", "prefer-device", "prefer-cloud", "cloud-only" or "race"',
      'policy.json:1:1 default: this is missing: use settings in braces, { }',
    ])
  })

  test('not thousands at once', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]))
    expect(errorOf(() => checkPolicy({ ...minimal, ...many })).issues).toHaveLength(20)
  })

  test('a value without a text has no line', () => {
    expect(errorOf(() => checkPolicy({}, 'given')).message).toContain('given version: this is missing: use 1')
  })

  test('a file of another kind', () => {
    expect(errorOf(() => parsePolicy(' '.repeat(MAX_POLICY_CHARS + 1))).message).toContain(
      '262145 characters',
    )
  })
})
