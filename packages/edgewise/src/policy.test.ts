import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPolicy } from './default-policy.ts'
import { PolicyError } from './errors.ts'
import { checkPolicy, type Policy, parsePolicy, policyJsonSchema } from './policy.ts'

const minimal: Policy = { version: 1, tasks: {}, default: { place: 'prefer-device' } }

const errorOf = (text: string, file?: string): PolicyError => {
  try {
    parsePolicy(text, file)
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
  throw new Error('accepted')
}

const issuesOf = (policy: unknown): string[] =>
  errorOf(JSON.stringify(policy)).issues.map(({ path, message }) => `${path}: ${message}`)

const withRule = (rule: object) => ({ ...minimal, tasks: { t: rule } })
const withCloud = (cloud: object) => ({
  ...minimal,
  cloud: { baseURL: 'http://127.0.0.1:1/v1', model: 'm', ...cloud },
})

test('the default policy is one, and a file with every setting is read as it stands', () => {
  expect(checkPolicy(defaultPolicy)).toEqual(defaultPolicy)
  expect(defaultPolicy.tasks.redact).toEqual({ place: 'device-only' })
  const full: Policy = {
    $schema: './policy.schema.json',
    version: 1,
    cloud: {
      baseURL: 'https://api.example.com/v1',
      model: 'm',
      apiKeyEnv: 'API_KEY',
      firstTokenMs: 1000,
      idleMs: 2000,
      price: { inputPerMTok: 0, outputPerMTok: 1.5 },
    },
    reference: { model: 'm', inputPerMTok: 1, outputPerMTok: 2, asOf: '2026-08-05', source: 's' },
    tasks: {
      a: {
        place: 'prefer-device',
        deviceTask: 'fix',
        escalate: { minMeanLogprob: -0.5 },
        maxInputTokens: 100,
        instructions: 'x',
      },
      b: { place: 'device-only', deviceTask: 'fix' },
      c: { place: 'prefer-cloud', deviceTask: 'fix', instructions: 'x' },
      d: { place: 'cloud-only', instructions: 'x' },
    },
    default: { place: 'device-only' },
  }
  expect(parsePolicy(JSON.stringify(full))).toEqual(full)
})

describe('errors name the file, the place in it and what to do', () => {
  test('a syntax error', () => {
    const error = errorOf('{\n  "version": 1,\n}', 'edge.json')
    expect(error.code).toBe('bad_policy')
    expect(error.message).toBe('edge.json:3:1: this is not JSON: a comma stands before this }: take it out')
  })

  test('a contradiction', () => {
    const text = `{
  "version": 1,
  "tasks": {
    "redact": { "place": "device-only", "escalate": { "minMeanLogprob": -1 } }
  },
  "default": { "place": "prefer-device" }
}`
    const error = errorOf(text, 'edge.json')
    expect(error.message).toBe(
      'edge.json:4:41 tasks.redact.escalate: this contradicts "place": "device-only": it sends a doubtful answer of the device to the cloud, so it needs "place": "prefer-device"',
    )
  })

  test('several at once, one a line', () => {
    const error = errorOf('{"version": 2, "tasks": {"t": {"place": "moon"}}}')
    expect(error.issues.map(({ path }) => path)).toEqual(['version', 'tasks.t.place', 'default'])
    expect(error.message.split('\n')).toHaveLength(3)
  })
})

describe('refused', () => {
  test.each([
    ['escalate', 'device-only', { escalate: { minMeanLogprob: -1 } }],
    ['escalate', 'prefer-cloud', { escalate: { minMeanLogprob: -1 } }],
    ['escalate', 'cloud-only', { escalate: { minMeanLogprob: -1 } }],
    ['maxInputTokens', 'device-only', { maxInputTokens: 10 }],
    ['maxInputTokens', 'prefer-cloud', { maxInputTokens: 10 }],
    ['instructions', 'device-only', { instructions: 'x' }],
    ['deviceTask', 'cloud-only', { deviceTask: 'fix' }],
  ])('%s with %s', (key, place, setting) => {
    expect(issuesOf(withRule({ place, ...setting }))).toEqual([
      expect.stringContaining(`tasks.t.${key}: this contradicts "place": "${place}"`),
    ])
  })

  test.each([
    ['an unknown key of the policy', { ...minimal, task: {} }, 'task: there is no such setting'],
    [
      'an unknown key of a rule',
      withRule({ place: 'device-only', devicetask: 'x' }),
      'tasks.t.devicetask: there is no',
    ],
    ['no place', withRule({}), 'tasks.t.place: use "device-only"'],
    ['a rule that is text', withRule('device-only' as unknown as object), 'tasks.t: '],
    ['no default', { version: 1, tasks: {} }, 'default: this is missing'],
    [
      'a positive bar',
      withRule({ place: 'prefer-device', escalate: { minMeanLogprob: 0.1 } }),
      'minMeanLogprob: ',
    ],
    [
      'an escalation without a bar',
      withRule({ place: 'prefer-device', escalate: {} }),
      'minMeanLogprob: this is missing',
    ],
    ['no tokens', withRule({ place: 'prefer-device', maxInputTokens: 0 }), 'tasks.t.maxInputTokens: '],
    [
      'a task name with a space',
      { ...minimal, tasks: { 'a b': { place: 'device-only' } } },
      'tasks.a b: a task name',
    ],
    ['an empty task name', { ...minimal, tasks: { '': { place: 'device-only' } } }, 'tasks.: a task name'],
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
    ['a key in the address', withCloud({ baseURL: 'https://u:secret@h/v1' }), 'cloud.baseURL: use an http'],
    ['a query in the address', withCloud({ baseURL: 'https://h/v1?k=1' }), 'cloud.baseURL: use an http'],
    ['a key as a name', withCloud({ apiKeyEnv: 'sk-secret-1' }), 'cloud.apiKeyEnv: this is the NAME'],
    ['a key', withCloud({ apiKey: 'sk-secret-1' }), 'cloud.apiKey: there is no such setting'],
    ['a wait that no timer can take', withCloud({ firstTokenMs: 2 ** 31 }), 'cloud.firstTokenMs: '],
    [
      'a negative price',
      withCloud({ price: { inputPerMTok: -1, outputPerMTok: 0 } }),
      'cloud.price.inputPerMTok: ',
    ],
  ])('%s', (_, policy, message) => {
    const issues = issuesOf(policy)
    expect(issues.some((issue) => issue.includes(message))).toBe(true)
    expect(issues.join('\n')).not.toContain('secret')
  })

  test('a name that would become the prototype', () => {
    const error = errorOf(
      '{"version":1,"tasks":{"__proto__":{"place":"cloud-only"}},"default":{"place":"device-only"}}',
    )
    expect(error.message).toContain('"__proto__" cannot be a name')
  })

  test('two rules of the same name: the last would win silently', () => {
    const error = errorOf(
      '{"version":1,"tasks":{"t":{"place":"device-only"},"t":{"place":"cloud-only"}},"default":{"place":"device-only"}}',
    )
    expect(error.message).toContain('the name "t" stands twice here')
  })
})

test('any JSON is a policy or a PolicyError, whose positions lie in the text', () => {
  const near = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        version: fc.constantFrom(1, 2),
        tasks: fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 })),
        default: fc.record(
          { place: fc.constantFrom('device-only', 'x'), escalate: fc.jsonValue({ maxDepth: 1 }) },
          { requiredKeys: [] },
        ),
        cloud: fc.jsonValue({ maxDepth: 1 }),
      },
      { requiredKeys: [] },
    ),
  )
  fc.assert(
    fc.property(near, (value) => {
      const text = JSON.stringify(value, null, 1)
      try {
        parsePolicy(text)
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError)
        const lines = text.split('\n')
        for (const { line, column } of (error as PolicyError).issues) {
          expect(column!).toBeLessThanOrEqual(lines[line! - 1]!.length + 1)
        }
      }
    }),
    { seed: 3, numRuns: 300 },
  )
})

test('the JSON Schema says the same about contradictions', () => {
  const schema = JSON.stringify(policyJsonSchema())
  expect(schema).toContain('2020-12')
  const rules = JSON.stringify(policyJsonSchema().properties).match(
    /"const":"device-only"[^}]*\}[^}]*\}/,
  )?.[0]
  expect(rules).toBeDefined()
  expect(rules).not.toContain('escalate')
})
