/** What a trace leaves open: what the replay takes then, and that it says so. What it knows is held against the router elsewhere. */
import { type Certificate, NOTHING_KNOWN, type Outcome, type TraceItem } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { PolicyError } from '../errors.ts'
import type { Policy, Rule } from '../policy/index.ts'
import { type PolicyReplaySettings, policyReplay } from './policy-replay.ts'

const pair = { device: 'tiny', cloud: 'cloudy' }

const outcome = (rest: Partial<Outcome> = {}): Outcome => ({ ...NOTHING_KNOWN, ...rest })

const item = (
  device: Partial<Outcome> | null,
  cloud: Partial<Outcome> | null = {},
  rest: Partial<TraceItem> = {},
): TraceItem => ({
  id: 'one',
  task: 'job',
  at: null,
  prompt: null,
  promptDigest: null,
  models: {
    ...(device === null ? {} : { tiny: outcome(device) }),
    ...(cloud === null ? {} : { cloudy: outcome(cloud) }),
  },
  ...rest,
})

const policyOf = (rule: Rule, extra: Partial<Policy> = {}): Policy => ({
  version: 1,
  cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'cloudy', price: { inputPerMTok: 1, outputPerMTok: 10 } },
  tasks: { job: rule },
  default: { place: 'cloud-only' },
  ...extra,
})

const replayOf = (rule: Rule, settings: Partial<PolicyReplaySettings> = {}) =>
  policyReplay(policyOf(rule), { pair, ...settings })

const bar: Rule = { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.5 }] }

describe('no evidence does not pass', () => {
  test.each<[string, Rule, Partial<Outcome> | null, string]>([
    ['a signal that is not there', bar, {}, 'meanLogprob'],
    ['a signal that is no number', bar, { signals: { meanLogprob: Number.NaN } }, 'meanLogprob'],
    ['no outcome at all', bar, null, 'meanLogprob'],
    [
      'a name that every object has',
      { ...bar, escalate: [{ signal: 'toString', threshold: 0 }] },
      {},
      'toString',
    ],
    ['tokens nobody counted', { ...bar, escalate: [{ signal: 'length', threshold: 9 }] }, {}, 'length'],
    ['a form nobody checked', { place: 'prefer-device', commit: 'valid-json' }, {}, 'schema'],
  ])('%s', (_, rule, device, missing) => {
    expect(replayOf(rule).decide(item(device))).toEqual({
      place: 'cloud',
      asked: ['device', 'cloud'],
      latencyMs: null,
      missing,
    })
  })

  test('a bar that is missed is no missing evidence', () => {
    const decision = replayOf(bar).decide(
      item({ signals: { meanLogprob: -0.6 }, latencyMs: 5 }, { latencyMs: 7 }),
    )
    expect(decision).toEqual({ place: 'cloud', asked: ['device', 'cloud'], latencyMs: 12, missing: null })
  })
})

describe('which rule', () => {
  test('the task of the item; of none that the policy lacks', () => {
    const policy = replayOf(bar)
    expect(policy.decide(item({}, {}, { task: 'default' })).asked).toEqual(['cloud'])
    expect(() => policy.decide(item({}, {}, { task: 'jbo', id: 'item 7' }))).toThrow(
      expect.objectContaining({
        name: 'ReplayTaskError',
        code: 'unknown_task',
        item: 'item 7',
        message: expect.stringMatching(/item "item 7" is of the task "jbo".*it has job\)/),
      }),
    )
    expect(() => policy.decide(item({}, {}, { task: 'constructor' }))).toThrow(/lacks/)
  })

  test('or one for all', () => {
    const decision = replayOf(bar, { rule: 'default' }).decide(item({}, {}, { task: 'anything' }))
    expect(decision.asked).toEqual(['cloud'])
    expect(() => replayOf(bar, { rule: 'jbo' })).toThrow(expect.objectContaining({ code: 'unknown_rule' }))
  })

  test('a policy that cannot be used is refused', () => {
    expect(() => replayOf({ place: 'device-only', commit: 'whole-answer' })).toThrow(PolicyError)
  })
})

describe('what is taken where latencies are not known', () => {
  const race = replayOf({ place: 'race' })

  test('a race is its first place, and both were asked', () => {
    expect(race.decide(item({}, { latencyMs: 3 }))).toMatchObject({
      place: 'device',
      asked: ['device', 'cloud'],
      latencyMs: null,
    })
    expect(race.notes!().join('\n')).toMatch(/1 item without latencies, so nobody knows/)
  })

  test('known, who is first answers', () => {
    expect(race.decide(item({ latencyMs: 9 }, { latencyMs: 3 }))).toMatchObject({
      place: 'cloud',
      latencyMs: 3,
    })
    expect(race.decide(item({ latencyMs: 2 }, { latencyMs: 3 }))).toMatchObject({
      place: 'device',
      latencyMs: 2,
    })
  })

  test('no deadline is held against an item', () => {
    const policy = replayOf({ place: 'prefer-device', deadlineMs: { total: 5 } })
    expect(policy.decide(item({ latencyMs: 6 })).place).toBeNull()
    expect(policy.decide(item({})).place).toBe('device')
    expect(policy.notes!().join('\n')).toMatch(
      /1 item without latencies: no deadline[\s\S]*1 item past a deadline/,
    )
  })
})

describe('deadlines', () => {
  test('the first word: of answers shown when they are whole, and of a place that had not even begun', () => {
    const whole = replayOf({ ...bar, deadlineMs: { firstToken: 10 } })
    const passing = { signals: { meanLogprob: -0.1 } }
    expect(whole.decide(item({ ...passing, latencyMs: 9 })).place).toBe('device')
    expect(whole.decide(item({ ...passing, latencyMs: 11 })).place).toBeNull()
    // Its answer had been rejected before: it stands where the cloud is not in time.
    expect(whole.decide(item({ latencyMs: 10.5 }, { latencyMs: 1 })).place).toBeNull()
    expect(whole.decide(item({ latencyMs: 9 }, { latencyMs: 100 })).place).toBe('cloud')
    expect(whole.notes!().join('\n')).toContain('tasks.job.deadlineMs.firstToken: a trace does not say')
  })

  test('past the total a whole answer of the device is better than none', () => {
    const policy = replayOf({ ...bar, deadlineMs: { total: 20 } })
    const late = item({ signals: { meanLogprob: -2 }, latencyMs: 5 }, { latencyMs: 50 })
    expect(policy.decide(late)).toMatchObject({ place: 'device', asked: ['device', 'cloud'], latencyMs: 20 })
    const strict = replayOf({ ...bar, deadlineMs: { total: 20 }, offline: 'fail' })
    expect(strict.decide(late)).toMatchObject({ place: null, latencyMs: null })
  })
})

describe('budgets of a day', () => {
  const rule: Rule = { ...bar, budget: { perDayUsd: 0.012, perUserPerDayUsd: 0.001 } }
  // 400 in and 500 out are $0.0054 by the price of the policy; a call is expected to cost as much.
  const call = (at: string | null): TraceItem =>
    item({ inputTokens: 400 }, { inputTokens: 400, outputTokens: 500, costUsd: 99 }, { at })

  test('are spent, stay spent, and begin anew at midnight', () => {
    const policy = replayOf(rule)
    const days = ['02T08', '02T09', '02T10', '02T11', '03T00'].map((at) => call(`2026-08-${at}:00:00Z`))
    expect(days.map((one) => policy.decide(one).place)).toEqual([
      'cloud',
      'cloud',
      'device',
      'device',
      'cloud',
    ])
    expect(policy.notes!().join('\n')).toMatch(/budget.perUserPerDayUsd: a trace names no users/)
  })

  test('are not held against items without a time, which is said', () => {
    const policy = replayOf(rule)
    expect([1, 2, 3, 4].map(() => policy.decide(call(null)).place)).toEqual(Array(4).fill('cloud'))
    expect(policy.notes!().join('\n')).toMatch(/4 items without a time/)
  })

  test('a day that comes back begins anew, which is said', () => {
    const policy = replayOf(rule)
    for (const day of [2, 3, 2]) policy.decide(call(`2026-08-0${day}T00:00:00Z`))
    expect(policy.notes!().join('\n')).toMatch(/1 item after others of a later day/)
  })
})

describe('limits of the input', () => {
  const policy = replayOf({ ...bar, maxInputTokens: 100 }, { contextLength: 200 })
  const passing = { signals: { meanLogprob: -0.1 } }

  test.each([
    [100, ['device']],
    [101, ['cloud']],
    [201, ['cloud']],
    [null, ['device']],
  ])('%s tokens', (inputTokens, asked) => {
    expect(policy.decide(item({ ...passing, inputTokens })).asked).toEqual(asked)
  })

  test('unknown tokens are said', () => {
    expect(policy.notes!().join('\n')).toMatch(/1 item without input tokens/)
  })
})

describe('certificates', () => {
  const certificate = {
    id: 'cert-1',
    bar: {
      signal: 'probability',
      threshold: 0.5,
      combination: {
        kind: 'logistic',
        intercept: 0,
        features: [
          { name: 'meanLogprob', knots: [-1, 0], weight: 1 },
          { name: 'outputTokens', knots: [0, 2], weight: -1 },
        ],
      },
    },
  } as unknown as Certificate
  const rule: Rule = { place: 'prefer-device', escalate: [{ signal: 'probability', certificate: 'cert-1' }] }

  test('a signal that one makes of others is made of the trace', () => {
    const policy = replayOf(rule, { certificates: [certificate] })
    // Ranks 0.8 and log(1 + 1) / 2 = 0.35: above a half together; with six tokens, 0.97, below.
    expect(policy.decide(item({ signals: { meanLogprob: -0.2 }, outputTokens: 1 })).place).toBe('device')
    expect(policy.decide(item({ signals: { meanLogprob: -0.2 }, outputTokens: 6 })).place).toBe('cloud')
    expect(policy.decide(item({ signals: { meanLogprob: -0.2 } }))).toMatchObject({ missing: 'probability' })
    expect(policy.notes!().join('\n')).toMatch(/"cert-1" is taken to be in force/)
  })

  test('one that is not there leaves no threshold, or the policy its own', () => {
    expect(() => replayOf(rule)).toThrow(expect.objectContaining({ code: 'certificate_missing' }))
    const own = replayOf({ ...bar, escalate: [{ ...bar.escalate![0]!, certificate: 'cert-1' }] })
    expect(own.decide(item({ signals: { meanLogprob: -0.4 } })).place).toBe('device')
    expect(own.notes!().join('\n')).toMatch(/"cert-1" was not given/)
  })
})

test('what a trace cannot show is named, of the rules that were used', () => {
  const tasks: Policy['tasks'] = {
    job: {
      place: 'prefer-device',
      privacy: 'redacted',
      hedgeAfterMs: 10,
      cache: { ttlSeconds: 60 },
      select: { maxTokens: 100 },
      compress: { keep: 0.5, certificate: 'c' },
    },
    other: { place: 'race', privacy: 'structured-only' },
  }
  const match: Policy['match'] = [{ task: 'job', when: { hasTools: true } }]
  const policy = policyReplay(policyOf(bar, { tasks, match }), { pair })
  policy.decide(item({}))
  const said = policy.notes!()
  for (const what of [
    'match:',
    'job.cache:',
    'job.select:',
    'job.compress:',
    'job.privacy:',
    'job.hedgeAfterMs:',
  ])
    expect(said.filter((note) => note.includes(what)).length, what).toBeGreaterThan(0)
  expect(said.join('\n')).not.toContain('tasks.other')
  expect(policyReplay(policyOf(bar), { pair }).notes!()).toEqual([])
})
