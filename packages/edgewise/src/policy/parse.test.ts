import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { PolicyError } from '../errors.ts'
import { randomPolicy } from '../testing/random-policy.ts'
import { chatPolicy } from './chat-policy.ts'
import { defaultPolicy } from './default-policy.ts'
import { MAX_POLICY_CHARS } from './limits.ts'
import { checkPolicy, parsePolicy } from './parse.ts'
import type { Policy } from './types.ts'

const minimal: Policy = { version: 1, tasks: {}, default: { place: 'prefer-device' } }

const errorOf = (read: () => unknown): PolicyError => {
  try {
    read()
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
  throw new Error('accepted')
}

const issuesOf = (policy: unknown): string[] =>
  errorOf(() => parsePolicy(JSON.stringify(policy))).issues.map(({ path, message }) => `${path}: ${message}`)

const withRule = (rule: unknown) => ({ ...minimal, tasks: { t: rule } })
const withCloud = (cloud: object) => ({
  ...minimal,
  cloud: { baseURL: 'http://127.0.0.1:1/v1', model: 'm', ...cloud },
})

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

describe('refused', () => {
  test.each([
    ['an unknown key of the policy', { ...minimal, task: {} }, 'task: there is no such setting'],
    [
      'an unknown key of a rule',
      withRule({ place: 'device-only', devicetask: 'x' }),
      'tasks.t.devicetask: there is no',
    ],
    ['no place', withRule({}), 'tasks.t.place: this is missing: use "device-only"'],
    ['a rule that is text', withRule('device-only'), 'tasks.t: use settings in braces'],
    ['no default', { version: 1, tasks: {} }, 'default: this is missing'],
    [
      'the bar of old',
      withRule({ place: 'race', escalate: { minMeanLogprob: -1 } }),
      'tasks.t.escalate: use a list of bars, such as',
    ],
    ['no bars', withRule({ place: 'race', escalate: [] }), 'tasks.t.escalate: name at least one signal'],
    [
      'a bar without a signal',
      withRule({ place: 'race', escalate: [{ threshold: 0 }] }),
      'tasks.t.escalate.0.signal: this is missing',
    ],
    [
      'a threshold that is text',
      withRule({ place: 'race', escalate: [{ signal: 'margin', threshold: '1' }] }),
      'threshold: use a number',
    ],
    [
      'one sample',
      withRule({ place: 'race', escalate: [{ signal: 'agreement', threshold: 1, samples: 1 }] }),
      'samples: use at least 2',
    ],
    [
      'an unknown commit point',
      withRule({ place: 'race', commit: 'soon' }),
      'tasks.t.commit: use "first-output"',
    ],
    [
      'no tokens',
      withRule({ place: 'prefer-device', maxInputTokens: 0 }),
      'tasks.t.maxInputTokens: use more than 0',
    ],
    [
      'a wait that setTimeout cannot do',
      withRule({ place: 'race', deadlineMs: { total: 2 ** 31 } }),
      'total: use at most 2147483647',
    ],
    [
      'a budget of nothing',
      withRule({ place: 'race', budget: { perDayUsd: 0 } }),
      'perDayUsd: use more than 0',
    ],
    [
      'a similarity above 1',
      withRule({ place: 'race', cache: { ttlSeconds: 1, semantic: { minSimilarity: 1.1 } } }),
      'minSimilarity: use at most 1',
    ],
    [
      'a similarity of all',
      withRule({ place: 'race', cache: { ttlSeconds: 1, semantic: { minSimilarity: 0 } } }),
      'minSimilarity: use more than 0',
    ],
    [
      'all of a text kept',
      withRule({ place: 'race', compress: { keep: 1, certificate: 'c' } }),
      'compress.keep: use less than 1',
    ],
    [
      'a compression nobody proved',
      withRule({ place: 'race', compress: { keep: 0.5 } }),
      'compress.certificate: this is missing',
    ],
    [
      'texts stored without consent',
      withRule({ place: 'race', store: { consented: false, days: 1 } }),
      'store.consented: use true',
    ],
    [
      'texts stored for ever',
      withRule({ place: 'race', store: { consented: true } }),
      'store.days: this is missing',
    ],
    [
      'texts stored for no day',
      withRule({ place: 'race', store: { consented: true, days: 0 } }),
      'store.days: use at least 1',
    ],
    [
      'texts stored for an age',
      withRule({ place: 'race', store: { consented: true, days: 3651 } }),
      'store.days: use at most 3650',
    ],
    [
      'a task name with a space',
      { ...minimal, tasks: { 'a b': { place: 'device-only' } } },
      'tasks.a b: a task name',
    ],
    ['an empty task name', { ...minimal, tasks: { '': { place: 'device-only' } } }, 'tasks.: a task name'],
    [
      'an empty text to match',
      { ...minimal, match: [{ task: 't', when: { userContains: [''] } }] },
      'userContains.0: use at least 1 characters',
    ],
    [
      'no text to match',
      { ...minimal, match: [{ task: 't', when: { userContains: [] } }] },
      'userContains: name at least one text',
    ],
    ['no rule to match', { ...minimal, match: [] }, 'match: name at least one rule'],
    [
      'a price without a day',
      { ...minimal, reference: { model: 'm', inputPerMTok: 1, outputPerMTok: 1, source: 's' } },
      'reference.asOf: this is missing',
    ],
    [
      'a day that is none',
      {
        ...minimal,
        reference: { model: 'm', inputPerMTok: 1, outputPerMTok: 1, source: 's', asOf: '2026-02-30' },
      },
      'asOf: use a date',
    ],
    [
      'a price below nothing',
      withCloud({ price: { inputPerMTok: -1, outputPerMTok: 1 } }),
      'inputPerMTok: use at least 0',
    ],
    ['a rehearsal that is none', withCloud({ rehearsal: false }), 'cloud.rehearsal: use true'],
    [
      'a cloud that is a file',
      withCloud({ baseURL: 'file:///etc/passwd' }),
      'cloud.baseURL: use an http or https',
    ],
    [
      'a cloud without a protocol',
      withCloud({ baseURL: 'api.example.com/v1' }),
      'cloud.baseURL: use an http',
    ],
  ])('%s', (_, policy, message) => {
    expect(issuesOf(policy)).toEqual(expect.arrayContaining([expect.stringContaining(message)]))
  })

  test('a name that would become the prototype, in a text and in a value', () => {
    const text =
      '{"version":1,"tasks":{"__proto__":{"place":"cloud-only"}},"default":{"place":"device-only"}}'
    expect(errorOf(() => parsePolicy(text)).message).toContain('"__proto__" cannot be a name')
    expect(errorOf(() => checkPolicy(JSON.parse(text))).message).toContain(
      'tasks.__proto__: "__proto__" cannot',
    )
  })
})

describe('a key never stands in the policy, and an error does not spread it', () => {
  test.each([
    [
      'as the name of its variable',
      withCloud({ apiKeyEnv: 'sk-proj-secret' }),
      'cloud.apiKeyEnv: this is the NAME',
    ],
    [
      'without a dash',
      withCloud({ apiKeyEnv: 'sk_live_51Hsecret8Qz7Y' }),
      'cloud.apiKeyEnv: this is the NAME',
    ],
    [
      'of letters and digits',
      withCloud({ apiKeyEnv: 'secret0f1e2d3c4b5a69788796a5b4c3d2' }),
      'apiKeyEnv: this is the NAME',
    ],
    [
      'as a user of the address',
      withCloud({ baseURL: 'https://u:secret@h/v1' }),
      'cloud.baseURL: use an http',
    ],
    ['in its query', withCloud({ baseURL: 'https://h/v1?k=secret' }), 'cloud.baseURL: use an http'],
    ['in its hash', withCloud({ baseURL: 'https://h/v1#secret' }), 'cloud.baseURL: use an http'],
    ['in its path', withCloud({ baseURL: 'https://h/sk-secret0123456789/v1' }), 'cloud.baseURL: use an http'],
    ['under a name of its own', withCloud({ apiKey: 'secret' }), 'cloud.apiKey: there is no such setting'],
    [
      'as a name',
      withCloud({ 'sk-secret0123456789abcdefghijklm': 1 }),
      'cloud.(hidden): there is no such setting',
    ],
  ])('%s', (_, policy, message) => {
    const issues = issuesOf(policy)
    expect(issues).toEqual([expect.stringContaining(message)])
    expect(issues.join('\n')).not.toContain('secret')
  })

  test.each(['OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY_2', 'my_key', 'OPENROUTERAPIKEY', '_K1'])(
    '%s is a name',
    (apiKeyEnv) => {
      expect(parsePolicy(JSON.stringify(withCloud({ apiKeyEnv }))).cloud?.apiKeyEnv).toBe(apiKeyEnv)
    },
  )

  test('addresses with long ids are addresses', () => {
    const baseURL = 'https://gateway.example.com/v1/0f1e2d3c4b5a69788796a5b4c3d2e1f0/edge/openai'
    expect(parsePolicy(JSON.stringify(withCloud({ baseURL }))).cloud?.baseURL).toBe(baseURL)
  })
})
