import { describe, expect, test } from 'vitest'
import { decide, type PlaceState, type Plan } from './place.ts'
import type { Rule } from './policy.ts'

const rules: Rule[] = [
  { place: 'device-only' },
  { place: 'prefer-device' },
  { place: 'prefer-device', escalate: { minMeanLogprob: -0.5 } },
  { place: 'prefer-device', maxInputTokens: 50, escalate: { minMeanLogprob: 0 } },
  { place: 'prefer-cloud' },
  { place: 'cloud-only' },
]

const states: PlaceState[] = []
for (const deviceReady of [true, false]) {
  for (const cloudProblem of [null, 'no cloud is configured']) {
    for (const inputTokens of [null, 0, 50, 51, 100, 101]) {
      for (const contextLength of [null, 100]) {
        for (const deviceLacks of [[], ['tools'], ['tools', 'files']]) {
          states.push({ deviceReady, cloudProblem, inputTokens, contextLength, deviceLacks })
        }
      }
    }
  }
}
const cases: [Rule, PlaceState, Plan][] = rules.flatMap((rule) =>
  states.map((state): [Rule, PlaceState, Plan] => [rule, state, decide(rule, state)]),
)

const every = (check: (rule: Rule, state: PlaceState, plan: Plan) => void) => {
  for (const [rule, state, plan] of cases) {
    try {
      check(rule, state, plan)
    } catch (error) {
      throw new Error(JSON.stringify({ rule, state, plan }), { cause: error })
    }
  }
}

describe('over every rule and state', () => {
  test('a device-only task never yields the cloud, a cloud-only task never the device', () => {
    every(({ place }, _, { order }) => {
      if (place === 'device-only') expect(order).not.toContain('cloud')
      if (place === 'cloud-only') expect(order).not.toContain('device')
    })
  })

  test('a place that is not ready is never in the order, and none stands twice', () => {
    every((_, { deviceReady, cloudProblem }, { order }) => {
      if (!deviceReady) expect(order).not.toContain('device')
      if (cloudProblem !== null) expect(order).not.toContain('cloud')
      expect(new Set(order).size).toBe(order.length)
    })
  })

  test('the order is empty only when no allowed place is ready', () => {
    every(({ place }, { deviceReady, cloudProblem }, { order }) => {
      const device = deviceReady && place !== 'cloud-only'
      const cloud = cloudProblem === null && place !== 'device-only'
      expect(order.length === 0).toBe(!device && !cloud)
    })
  })

  test('an answer is held back only on the device, with a bar, and with the cloud after it', () => {
    every((rule, _, { order, minMeanLogprob }) => {
      const bar = rule.place === 'prefer-device' ? rule.escalate?.minMeanLogprob : undefined
      expect(minMeanLogprob).toBe(order.join() === 'device,cloud' ? (bar ?? null) : null)
    })
  })

  test('the cloud is put first only by preference, by a limit, or because the device is not ready', () => {
    every((rule, { deviceReady, inputTokens, contextLength, deviceLacks }, { order }) => {
      if (rule.place !== 'prefer-device' || order[0] !== 'cloud') return
      const tooLong =
        inputTokens !== null && inputTokens > Math.min(contextLength ?? 1e9, rule.maxInputTokens ?? 1e9)
      expect(!deviceReady || tooLong || deviceLacks.length > 0).toBe(true)
    })
  })

  test('a missing cloud is named whenever the cloud would have been asked first', () => {
    every((rule, { cloudProblem, deviceReady }, { why }) => {
      const first = decide(rule, { ...baseState, deviceReady }).order[0]
      if (cloudProblem !== null && first === 'cloud') expect(why).toContain(cloudProblem)
    })
  })
})

const baseState: PlaceState = {
  deviceReady: true,
  cloudProblem: null,
  inputTokens: null,
  contextLength: null,
  deviceLacks: [],
}

test.each<[string, Rule, Partial<PlaceState>, string, string]>([
  ['keeps', { place: 'device-only' }, {}, 'device', 'the policy keeps this task on the device'],
  ['prefers the device', { place: 'prefer-device' }, {}, 'device,cloud', 'the policy prefers the device'],
  ['prefers the cloud', { place: 'prefer-cloud' }, {}, 'cloud,device', 'the policy prefers the cloud'],
  [
    'no cloud',
    { place: 'prefer-cloud' },
    { cloudProblem: 'no cloud is configured' },
    'device',
    'the policy prefers the cloud, but no cloud is configured',
  ],
  [
    'over the policy limit: the device stays the second choice',
    { place: 'prefer-device', maxInputTokens: 10 },
    { inputTokens: 11 },
    'cloud,device',
    'the policy prefers the device, but its 11 input tokens are more than the 10 the policy allows there',
  ],
  [
    'over the context: the device could not read it',
    { place: 'prefer-device' },
    { inputTokens: 101, contextLength: 100 },
    'cloud',
    'the policy prefers the device, but its 101 input tokens do not fit the context of 100',
  ],
  [
    'over the context, preferring the cloud',
    { place: 'prefer-cloud' },
    { inputTokens: 101, contextLength: 100 },
    'cloud',
    'the policy prefers the cloud',
  ],
  [
    'tools',
    { place: 'prefer-device' },
    { deviceLacks: ['tools', 'files'] },
    'cloud,device',
    'the policy prefers the device, but the device model does not take tools or files',
  ],
  [
    'tools without a cloud stay on the device',
    { place: 'prefer-device' },
    { deviceLacks: ['tools'], cloudProblem: 'no cloud is configured' },
    'device',
    'the device model does not take tools, but no cloud is configured',
  ],
])('%s', (_, rule, state, order, why) => {
  const plan = decide(rule, { ...baseState, ...state })
  expect(plan.order.join()).toBe(order)
  expect(plan.why).toBe(why)
})
