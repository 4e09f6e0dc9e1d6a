/** What a policy must not say, and what is told about it. */
import { describe, expect, test } from 'vitest'
import { errorOf, issuesOf, minimal, withCloud, withRule } from '../testing/policy-errors.ts'
import { checkPolicy, parsePolicy } from './parse.ts'

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
