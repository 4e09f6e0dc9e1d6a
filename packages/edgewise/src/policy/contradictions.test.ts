import { describe, expect, test } from 'vitest'
import { PolicyError } from '../errors.ts'
import { checkPolicy, parsePolicy } from './parse.ts'

const price = { inputPerMTok: 1, outputPerMTok: 2 }
const cloud = { baseURL: 'http://127.0.0.1:1/v1', model: 'm', price }

/** The policy with this rule, and what is said against it: `key: message`. */
const issuesOf = (rule: object, more: object = {}): string[] => {
  const policy = {
    version: 1,
    cloud,
    tasks: { t: rule, u: { place: 'device-only' } },
    default: { place: 'race' },
    ...more,
  }
  try {
    checkPolicy(policy)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return error.issues.map(({ path, message }) => `${path.replace(/^tasks\.t\.?/, '')}: ${message}`)
  }
  return []
}

const deviceFirst = { place: 'prefer-device' }
const bar = { signal: 'meanLogprob', threshold: -0.5 }

describe('keys that do not go with the place', () => {
  const values = {
    deviceTask: 'fix',
    instructions: 'x',
    hedgeAfterMs: 100,
    budget: { perDayUsd: 1 },
    maxInputTokens: 10,
    escalate: [bar],
    audit: { share: 0.1, perDayUsd: 1 },
    commit: 'whole-answer',
    offline: 'device',
    select: { maxTokens: 100 },
    compress: { keep: 0.5, certificate: 'c' },
  }
  test.each([
    ['device-only', Object.keys(values).filter((key) => key !== 'deviceTask')],
    ['prefer-device', []],
    ['prefer-cloud', ['maxInputTokens', 'escalate', 'audit']],
    [
      'cloud-only',
      ['deviceTask', 'hedgeAfterMs', 'maxInputTokens', 'escalate', 'audit', 'commit', 'offline'],
    ],
    ['race', ['hedgeAfterMs']],
  ] as const)('%s', (place, refused) => {
    const found = Object.entries(values).flatMap(([key, value]) => {
      const issues = issuesOf({ place, [key]: value })
      expect(
        issues.every((issue) => issue.startsWith(`${key}: this contradicts "place": "${place}": `)),
      ).toBe(true)
      return issues.length > 0 ? [key] : []
    })
    expect(found).toEqual(refused)
  })
})

describe('a rule against itself', () => {
  test.each([
    [
      'a device that lets text out',
      { place: 'device-only', privacy: 'redacted' },
      'privacy: this contradicts "place": "device-only"',
    ],
    [
      'a cloud that nothing reaches',
      { ...deviceFirst, privacy: 'nothing-leaves' },
      'privacy: this contradicts "place": "prefer-device"',
    ],
    [
      'the same in the cloud',
      { place: 'cloud-only', privacy: 'nothing-leaves' },
      'privacy: this contradicts "place": "cloud-only"',
    ],
    [
      'passages of no text',
      { ...deviceFirst, privacy: 'structured-only', select: { maxTokens: 9 } },
      'select: this contradicts "privacy": "structured-only"',
    ],
    [
      'JSON with holes',
      { ...deviceFirst, privacy: 'structured-only', compress: { keep: 0.5, certificate: 'c' } },
      'compress: this contradicts "privacy": "structured-only"',
    ],
    [
      'a beginning after the end',
      { ...deviceFirst, deadlineMs: { firstToken: 11, total: 10 } },
      'deadlineMs.firstToken: the first output would come after the end',
    ],
    ['no deadline', { ...deviceFirst, deadlineMs: {} }, 'deadlineMs: it limits nothing'],
    [
      'a hedge at the deadline',
      { ...deviceFirst, hedgeAfterMs: 10, deadlineMs: { total: 10 } },
      'hedgeAfterMs: the second place would start after the deadline',
    ],
    [
      'a hedge after the first word is due',
      { ...deviceFirst, hedgeAfterMs: 10, deadlineMs: { firstToken: 5, total: 20 } },
      'hedgeAfterMs: the second place would start after',
    ],
    ['no budget', { ...deviceFirst, budget: {} }, 'budget: it limits nothing'],
    [
      'a user above all',
      { ...deviceFirst, budget: { perDayUsd: 1, perUserPerDayUsd: 2 } },
      'budget.perUserPerDayUsd: one user may spend more than all',
    ],
    [
      'a device that is never asked',
      { place: 'cloud-only', offline: 'device' },
      'offline: this contradicts "place": "cloud-only"',
    ],
    [
      'another',
      { place: 'prefer-cloud', offline: 'fail' },
      'offline: this contradicts "place": "prefer-cloud"',
    ],
    [
      'tokens of a device asked last',
      { place: 'prefer-cloud', commit: { tokens: 9 } },
      'commit: this contradicts "place": "prefer-cloud"',
    ],
    [
      'an answer seen before its bars',
      { ...deviceFirst, escalate: [bar], commit: 'first-output' },
      'commit: this contradicts "escalate"',
    ],
    [
      'two bars of one signal',
      { ...deviceFirst, escalate: [bar, { ...bar, threshold: -1 }] },
      'escalate.1.signal: this signal has a bar above',
    ],
    [
      'a log-probability above 0',
      { ...deviceFirst, escalate: [{ ...bar, threshold: 0.1 }] },
      'escalate.0.threshold: a log-probability is never above 0',
    ],
    [
      'the least one too',
      { ...deviceFirst, escalate: [{ signal: 'minLogprob', threshold: 0.1 }] },
      'escalate.0.threshold: a log-probability is never above 0',
    ],
    [
      'a margin below 0',
      { ...deviceFirst, escalate: [{ signal: 'margin', threshold: -1 }] },
      'escalate.0.threshold: a margin is never below 0',
    ],
    [
      'half a token',
      { ...deviceFirst, escalate: [{ signal: 'length', threshold: 1.5 }] },
      'escalate.0.threshold: this counts tokens',
    ],
    [
      'agreement above 1',
      { ...deviceFirst, escalate: [{ signal: 'agreement', threshold: 1.1 }] },
      'escalate.0.threshold: this is a share of samples',
    ],
    [
      'agreement of none',
      { ...deviceFirst, escalate: [{ signal: 'agreement', threshold: 0 }] },
      'escalate.0.threshold: this is a share of samples',
    ],
    [
      'a threshold of a form',
      { ...deviceFirst, escalate: [{ signal: 'schema', threshold: 1 }] },
      'escalate.0.threshold: "schema" passes or not',
    ],
    [
      'no threshold',
      { ...deviceFirst, escalate: [{ signal: 'margin' }] },
      'escalate.0: "threshold" is missing',
    ],
    [
      'none for a function of the host',
      { ...deviceFirst, escalate: [{ signal: 'mine' }] },
      'escalate.0: "threshold" is missing',
    ],
    [
      'samples of no agreement',
      { ...deviceFirst, escalate: [{ ...bar, samples: 3 }] },
      'escalate.0.samples: only "agreement" draws samples',
    ],
    [
      'a signal nearly built in',
      { ...deviceFirst, escalate: [{ ...bar, signal: 'mean_logprob' }] },
      'escalate.0.signal: this is nearly "meanLogprob"',
    ],
    [
      'the form of a beginning',
      { ...deviceFirst, commit: { tokens: 5 }, escalate: [{ signal: 'schema' }] },
      'escalate.0.signal: this needs the whole answer',
    ],
    [
      'the agreement of a beginning',
      { ...deviceFirst, commit: { tokens: 5 }, escalate: [{ signal: 'agreement', threshold: 1 }] },
      'escalate.0.signal: this needs the whole answer',
    ],
    [
      'a function of a beginning',
      { ...deviceFirst, commit: { tokens: 5 }, escalate: [{ signal: 'mine', threshold: 1 }] },
      'escalate.0.signal: this needs the whole answer',
    ],
    [
      'a length nobody waits for',
      { ...deviceFirst, commit: { tokens: 5 }, escalate: [{ signal: 'length', threshold: 5 }] },
      'escalate.0.threshold: the answer is seen before',
    ],
    [
      'a proof of whole answers, and a beginning',
      { ...deviceFirst, commit: { tokens: 5 }, escalate: [{ signal: 'meanLogprob', certificate: 'c' }] },
      'escalate.0.certificate: this is proven on whole answers',
    ],
  ])('%s', (_, rule, message) => {
    expect(issuesOf(rule)).toEqual([expect.stringContaining(message)])
  })

  test.each([
    ['a race that is judged', { place: 'race', escalate: [bar], commit: { tokens: 8 }, maxInputTokens: 99 }],
    [
      'a held answer with no bar: until its end another place can answer',
      { ...deviceFirst, commit: 'whole-answer' },
    ],
    ['a held cloud', { place: 'prefer-cloud', commit: 'valid-json' }],
    [
      'a hedged cloud and tokens of the device',
      { place: 'prefer-cloud', hedgeAfterMs: 9, commit: { tokens: 9 } },
    ],
    [
      'a length that is known in time',
      { ...deviceFirst, commit: { tokens: 9 }, escalate: [{ signal: 'length', threshold: 8 }] },
    ],
    ['a form', { ...deviceFirst, escalate: [{ signal: 'schema' }], commit: 'valid-json' }],
    [
      'an agreement',
      { ...deviceFirst, escalate: [{ signal: 'agreement', threshold: 0.5, samples: 5, certificate: 'c' }] },
    ],
    ['a function of the host', { ...deviceFirst, escalate: [{ signal: 'headProbability', threshold: 4 }] }],
    ['a cloud that fails', { place: 'cloud-only', offline: 'fail' }],
    [
      'a device that says what it is',
      { place: 'device-only', privacy: 'nothing-leaves', cache: { ttlSeconds: 1 } },
    ],
    ['a hedge in time', { ...deviceFirst, hedgeAfterMs: 9, deadlineMs: { firstToken: 10, total: 10 } }],
  ])('but not %s', (_, rule) => {
    expect(issuesOf(rule)).toEqual([])
  })
})

describe('a policy against itself', () => {
  const budget = { place: 'cloud-only', budget: { perDayUsd: 1 } }
  const unpriced = { cloud: { baseURL: 'http://127.0.0.1:1/v1', model: 'm' } }

  test('audits in a cloud of unknown cost, and without a limit in one that costs', () => {
    const audit = (said: object) => ({ place: 'race', audit: { share: 0.5, ...said } })
    expect(issuesOf(audit({ perDayUsd: 1 }), unpriced)).toEqual([
      'audit.perDayUsd: what the cloud costs is not known: add "price" to "cloud", or take "perDayUsd" out',
    ])
    expect(issuesOf(audit({}), unpriced)).toEqual([])
    expect(issuesOf(audit({}))).toEqual([
      'audit: audits ask a cloud that costs money: add "perDayUsd", US dollars they may cost a day',
    ])
    expect(issuesOf(audit({ perDayUsd: 1 }))).toEqual([])
    expect(issuesOf(audit({ share: 0, perDayUsd: 1 }))).toEqual(['audit.share: use more than 0'])
    expect(issuesOf(audit({ share: 1.1, perDayUsd: 1 }))).toEqual(['audit.share: use at most 1'])
  })

  test('a bar without a threshold has its certificate’s', () => {
    const rule = (bar: object) => ({ place: 'race', escalate: [{ signal: 'meanLogprob', ...bar }] })
    expect(issuesOf(rule({}))).toEqual([
      'escalate.0: "threshold" is missing: say which value of this signal passes, or name a "certificate"',
    ])
    expect(issuesOf(rule({ certificate: 'cert-1' }))).toEqual([])
  })

  test('a budget in a cloud of unknown cost', () => {
    expect(issuesOf(budget, unpriced)).toEqual([
      'budget: what the cloud costs is not known: add "price" to "cloud", or take the budget out',
    ])
    expect(issuesOf({ place: 'race' }, { ...unpriced, default: budget })).toEqual([
      expect.stringContaining('default.budget: what the cloud costs'),
    ])
    expect(issuesOf(budget)).toEqual([])
  })

  test('the host brings the cloud, and its price: a budget without "cloud" stands', () => {
    expect(checkPolicy({ version: 1, tasks: { t: budget }, default: budget }).cloud).toBeUndefined()
  })

  test('a task called "default"', () => {
    expect(issuesOf({ place: 'race' }, { tasks: { default: { place: 'race' } } })).toEqual([
      expect.stringContaining('tasks.default: receipts call the rule of calls without a task "default"'),
    ])
  })

  const matching = (...match: object[]): string[] => issuesOf({ place: 'race' }, { match })

  test.each([
    [
      'an unknown task',
      [{ task: 'x', when: { hasTools: true } }],
      'match.0.task: the policy has no task of this name',
    ],
    ['no condition', [{ task: 't', when: {} }], 'match.0.when: it has no condition'],
    [
      'a length no text has',
      [{ task: 't', when: { minChars: 2, maxChars: 1 } }],
      'match.0.when.minChars: no call has more',
    ],
    [
      'the same again',
      [
        { task: 't', when: { hasTools: true } },
        { task: 'u', when: { hasTools: true } },
      ],
      'match.1: no call gets here: match.0 takes them all',
    ],
    [
      'a narrower one',
      [
        { task: 't', when: { minChars: 5 } },
        { task: 'u', when: { minChars: 9, wantsJson: true } },
      ],
      'match.1: no call gets here',
    ],
    [
      'a longer text',
      [
        { task: 't', when: { userContains: ['bill', 'Refund'] } },
        { task: 'u', when: { userContains: ['My Billing', 'refund it'] } },
      ],
      'match.1: no call gets here',
    ],
  ])('%s', (_, match, message) => {
    expect(matching(...match)).toEqual([expect.stringContaining(message)])
  })

  test.each([
    ['a wider one', { minChars: 9 }, { minChars: 5 }],
    ['another side', { hasTools: true }, { hasTools: false }],
    ['one text that is not covered', { userContains: ['bill'] }, { userContains: ['billing', 'pay'] }],
    ['texts of another message', { userContains: ['bill'] }, { systemContains: ['bill'] }],
    ['a condition that the later lacks', { maxChars: 9, hasTools: true }, { maxChars: 9 }],
  ])('but not %s', (_, first, second) => {
    expect(matching({ task: 't', when: first }, { task: 'u', when: second })).toEqual([])
  })
})

test('the line is that of the very key', () => {
  const text = `# what may go where
version: 1
tasks:
  redact:
    place: device-only
    escalate: # doubtful
      - { signal: meanLogprob, threshold: -1 }
  ask:
    place: prefer-device
    escalate:
      - signal: margin
        threshold: 0.5
      - signal: meanLogprob
        threshold: 0.5
default: { place: race }
`
  const failed = (): unknown => parsePolicy(text, 'edge.yaml')
  expect(failed).toThrow(PolicyError)
  expect(failed).toThrow(
    [
      'edge.yaml:6:5 tasks.redact.escalate: this contradicts "place": "device-only": it sends a doubtful answer of the device to the cloud, so it needs "place": "prefer-device" or "race"',
      'edge.yaml:14:9 tasks.ask.escalate.1.threshold: a log-probability is never above 0: every answer would be refused; use 0 or less',
    ].join('\n'),
  )
})
