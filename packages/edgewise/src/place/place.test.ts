import { describe, expect, test } from 'vitest'
import { type ResolvedRule, type Rule, resolveRule } from '../policy/index.ts'
import { decide, type PlaceState, type Plan } from './place.ts'

const bar = [{ signal: 'meanLogprob', threshold: -0.5 }] as const
const offline = ['device', 'fail'] as const
const given: Rule[] = [
  { place: 'device-only' },
  { place: 'cloud-only' },
  { place: 'prefer-cloud' },
  { place: 'prefer-cloud', hedgeAfterMs: 100 },
  ...offline.flatMap((offline): Rule[] => [
    { place: 'prefer-device', offline },
    { place: 'prefer-device', offline, escalate: bar },
    { place: 'prefer-device', offline, maxInputTokens: 50, escalate: bar },
    { place: 'prefer-device', offline, hedgeAfterMs: 100 },
    { place: 'race', offline },
    { place: 'race', offline, maxInputTokens: 50, escalate: bar },
  ]),
]
const rules = given.map(resolveRule)

const NO_DEVICE = 'no device model is ready'
const states: PlaceState[] = []
for (const deviceProblem of [null, NO_DEVICE]) {
  for (const cloudProblem of [null, 'no cloud is configured']) {
    for (const inputTokens of [null, 0, 50, 51, 100, 101]) {
      for (const contextLength of [null, 100]) {
        for (const deviceLacks of [[], ['tools'], ['tools', 'files']]) {
          states.push({ deviceProblem, cloudProblem, inputTokens, contextLength, deviceLacks })
        }
      }
    }
  }
}
const cases: [ResolvedRule, PlaceState, Plan][] = rules.flatMap((rule) =>
  states.map((state): [ResolvedRule, PlaceState, Plan] => [rule, state, decide(rule, state)]),
)

const every = (check: (rule: ResolvedRule, state: PlaceState, plan: Plan) => void) => {
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
    every((_, { deviceProblem, cloudProblem }, { order }) => {
      if (deviceProblem !== null) expect(order).not.toContain('device')
      if (cloudProblem !== null) expect(order).not.toContain('cloud')
      expect(new Set(order).size).toBe(order.length)
    })
  })

  test('the order is empty only when no allowed place is ready, or the device may not stand in for the cloud', () => {
    every((rule, state, { order, missing }) => {
      const device = state.deviceProblem === null && rule.place !== 'cloud-only'
      const cloud = state.cloudProblem === null && rule.place !== 'device-only'
      const withCloud = decide(rule, { ...state, cloudProblem: null }).order[0]
      const mayNot = rule.offline === 'fail' && device && withCloud === 'cloud'
      expect(order.length === 0).toBe(!cloud && (!device || mayNot))
      if (order.length === 0) expect(missing).toBe(device || rule.place === 'cloud-only' ? 'cloud' : 'device')
    })
  })

  test('a race and a preference for the device differ only in when the second place starts', () => {
    every((rule, state, { order, isChecked }) => {
      if (rule.place !== 'race') return
      expect(decide({ ...rule, place: 'prefer-device' }, state)).toMatchObject({ order, isChecked })
    })
  })

  test('an answer is held to its bars only where something else can happen', () => {
    every((rule, _, { order, isChecked }) => {
      const escalates = order.join() === 'device,cloud'
      const orFails = order.join() === 'device' && rule.offline === 'fail'
      if (isChecked) expect(rule.escalate.length > 0 && (escalates || orFails)).toBe(true)
      if (rule.escalate.length > 0 && escalates) expect(isChecked).toBe(true)
    })
  })

  test('places run side by side only where the policy says so, and then there are two', () => {
    every((rule, _, { order, secondAfterMs }) => {
      if (secondAfterMs === null) return
      expect(order).toHaveLength(2)
      expect(secondAfterMs).toBe(rule.hedgeAfterMs)
    })
  })

  test('the cloud is put first only by preference, by a limit, or because the device is not ready', () => {
    every((rule, { deviceProblem, inputTokens, contextLength, deviceLacks }, { order }) => {
      if ((rule.place !== 'prefer-device' && rule.place !== 'race') || order[0] !== 'cloud') return
      const tooLong =
        inputTokens !== null && inputTokens > Math.min(contextLength ?? 1e9, rule.maxInputTokens ?? 1e9)
      expect(deviceProblem !== null || tooLong || deviceLacks.length > 0).toBe(true)
    })
  })

  test('a missing cloud is named whenever the cloud would have been asked first', () => {
    every((rule, { cloudProblem, deviceProblem }, { why }) => {
      const first = decide(rule, { ...baseState, deviceProblem }).order[0]
      if (cloudProblem !== null && first === 'cloud') expect(why).toContain(cloudProblem)
    })
  })
})

const baseState: PlaceState = {
  deviceProblem: null,
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
  ['a race', { place: 'race' }, {}, 'device,cloud', 'the policy lets both places race'],
  [
    'a race the device does not run',
    { place: 'race' },
    { deviceLacks: ['tools'] },
    'cloud,device',
    'the policy lets both places race, but the device model does not take tools',
  ],
  [
    'a race over the policy limit: the device stays the second choice',
    { place: 'race', maxInputTokens: 10 },
    { inputTokens: 11 },
    'cloud,device',
    'the policy lets both places race, but its 11 input tokens are more than the 10 the policy allows there',
  ],
  [
    'over the policy limit without a network, and the policy takes no other answer',
    { place: 'prefer-device', maxInputTokens: 10, offline: 'fail' },
    { inputTokens: 11, cloudProblem: 'this host is offline' },
    '',
    'the policy prefers the device, but its 11 input tokens are more than the 10 the policy allows there and this host is offline',
  ],
  [
    'tools without a cloud stay on the device',
    { place: 'prefer-device' },
    { deviceLacks: ['tools'], cloudProblem: 'no cloud is configured' },
    'device',
    'the device model does not take tools, but no cloud is configured',
  ],
])('%s', (_, rule, state, order, why) => {
  const plan = decide(resolveRule(rule), { ...baseState, ...state })
  expect(plan.order.join()).toBe(order)
  expect(plan.why).toBe(why)
})
