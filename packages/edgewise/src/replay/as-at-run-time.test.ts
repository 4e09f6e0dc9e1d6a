/**
 * The key test of fidelity: for random policies and items, the replay says what the router itself does with a scripted device and a
 * scripted cloud that behave as the item's outcomes say: which places are asked, which answers, and when. Time is a clock of the test's.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { memoryLedger, type Outcome, type Receipt, type TraceItem } from '@edgewise/evidence'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { Policy, Rule } from '../policy/index.ts'
import { finish, type Step, scripted } from '../testing/models.ts'
import { randomRule } from '../testing/random-policy.ts'
import { policyReplay } from './policy-replay.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const pair = { device: 'tiny', cloud: 'cloudy' }
const price = { inputPerMTok: 100, outputPerMTok: 1000 }

/** What an item is made of; from it come its outcomes, and the scripts of the models that give them. */
interface Facts {
  readonly deviceTens: number
  readonly cloudTens: number
  /** Log-probability of every token, and of the first. */
  readonly logprob: number
  readonly least: number
  readonly margin: number
  readonly tokens: number
  readonly hasEvidence: boolean
  readonly wantsJson: boolean
  readonly isDeviceJson: boolean
  readonly isCloudJson: boolean
  /** Of the samples, how many say the same. */
  readonly agreeing: number
  readonly ownHead: number | null
  readonly inputTokens: number | null
  readonly day: number
}

const negative = fc.double({ min: -20, max: 0, noNaN: true }).map((value) => value + 0)

const facts: fc.Arbitrary<Facts> = fc.record({
  deviceTens: fc.integer({ min: 0, max: 120 }),
  cloudTens: fc.integer({ min: 0, max: 120 }),
  logprob: negative,
  least: negative,
  margin: fc.double({ min: 0, max: 1000, noNaN: true }),
  tokens: fc.integer({ min: 1, max: 20 }),
  hasEvidence: fc.boolean(),
  wantsJson: fc.boolean(),
  isDeviceJson: fc.boolean(),
  isCloudJson: fc.boolean(),
  agreeing: fc.integer({ min: 0, max: 16 }),
  ownHead: fc.option(negative),
  inputTokens: fc.option(fc.integer({ min: 1, max: 9000 })),
  day: fc.integer({ min: 1, max: 3 }),
})

/** Calls in the order of time. */
const days = fc
  .array(facts, { minLength: 1, maxLength: 4 })
  .map((all) => all.toSorted((a, b) => a.day - b.day))

/** Deadlines and hedges end in other digits than latencies and their sums, so no two things happen at once. */
const timing = fc.record({
  total: fc.option(fc.integer({ min: 1, max: 300 }).map((tens) => tens * 10)),
  hedge: fc.option(fc.integer({ min: 0, max: 120 }).map((tens) => tens * 10 + 6)),
  firstToken: fc.option(fc.integer({ min: 1, max: 300 }).map((tens) => tens * 10)),
})

/** The rule without what a trace cannot show, with a hedge where it may have one. */
const timedRule: fc.Arbitrary<Rule> = fc
  .tuple(randomRule, timing)
  .map(([rule, { total, hedge, firstToken }]) => {
    const {
      cache: _,
      store: __,
      deadlineMs: ___,
      select: ____,
      compress: _____,
      audit: ______,
      // The host opens it; here one device answers all.
      deviceModel: _______,
      ...rest
    } = rule
    const escalate = rest.escalate?.map(({ certificate: ________, ...bar }) => bar)
    const mayHedge = rest.place === 'prefer-device' || rest.place === 'prefer-cloud'
    const isHedged = mayHedge && hedge !== null && hedge < (total ?? Number.POSITIVE_INFINITY)
    // Where both places race and are shown when they are whole, the first word comes when a trace says.
    const isWhole =
      (isHedged || rest.place === 'race') &&
      rest.budget === undefined &&
      rest.maxInputTokens === undefined &&
      (rest.commit === 'valid-json' || (rest.commit === 'whole-answer' && escalate === undefined))
    const first =
      isWhole && firstToken !== null && firstToken <= (total ?? firstToken) && firstToken > (hedge ?? 0)
        ? { firstToken }
        : {}
    const deadlineMs = { ...first, ...(total === null ? {} : { total }) }
    return {
      ...rest,
      ...(escalate === undefined ? {} : { escalate }),
      ...(Object.keys(deadlineMs).length > 0 ? { deadlineMs } : {}),
      ...(isHedged ? { hedgeAfterMs: hedge } : {}),
    }
  })

/** A prompt that does not fit leaves one place, whose first word no trace knows. */
const contextOf = ({ deadlineMs }: Rule): number => (deadlineMs?.firstToken === undefined ? 8000 : 10_000)

const MS = { device: 1, cloud: 3 }
const samplesOf = ({ escalate }: Rule): number =>
  escalate?.find(({ signal }) => signal === 'agreement')?.samples ?? 3

/** Bars after some tokens see no other tokens than these, so all are alike there. */
const leastOf = ({ logprob, least }: Facts, { commit }: Rule): number =>
  typeof commit === 'object' ? logprob : Math.min(logprob, least)

const jsonAsked = ({ wantsJson }: Facts, { commit }: Rule): boolean => wantsJson || commit === 'valid-json'

function itemOf(one: Facts, index: number, rule: Rule): TraceItem {
  const { logprob, margin, tokens, hasEvidence, agreeing, ownHead, inputTokens } = one
  const least = leastOf(one, rule)
  const asked = jsonAsked(one, rule)
  const samples = samplesOf(rule)
  const bare = { score: null, costUsd: null, quantisation: null, template: null }
  const device: Outcome = {
    ...bare,
    signals: {
      ...(hasEvidence
        ? { meanLogprob: (least + (tokens - 1) * logprob) / tokens, margin, minLogprob: least }
        : {}),
      ...(asked ? { schema: Number(one.isDeviceJson) } : {}),
      ...(ownHead === null ? {} : { ownHead }),
      agreement: Math.min(agreeing, samples) / samples,
    },
    inputTokens,
    outputTokens: tokens,
    latencyMs: one.deviceTens * 10 + MS.device,
  }
  const cloud: Outcome = {
    ...bare,
    signals: { schema: Number(one.isCloudJson) },
    inputTokens: 400,
    outputTokens: 30,
    latencyMs: one.cloudTens * 10 + MS.cloud,
  }
  return {
    id: `item-${index}`,
    task: 'job',
    at: `2026-08-0${one.day}T0${index}:00:00.000Z`,
    prompt: promptOf(index),
    promptDigest: null,
    models: { tiny: device, cloudy: cloud },
  }
}

const promptOf = (index: number): string => `question number ${index}`

/** JSON of as many pieces, or nearly. */
const pieces = (count: number, isJson: boolean): string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? (isJson ? '1' : '[1') : '0'))

const textSteps = (parts: readonly { readonly delta: string; readonly meta?: object }[]): Step[] => [
  { type: 'text-start', id: '0' },
  ...parts.map(
    ({ delta, meta }): Step => ({
      type: 'text-delta',
      id: '0',
      delta,
      ...(meta === undefined ? {} : { providerMetadata: { edgewise: meta as never } }),
    }),
  ),
  { type: 'text-end', id: '0' },
]

function deviceOf(one: Facts, rule: Rule): DeviceModel {
  const { tokens, logprob, margin, hasEvidence } = one
  const least = leastOf(one, rule)
  const deltas = pieces(tokens, one.isDeviceJson)
  const mean = (least + (tokens - 1) * logprob) / tokens
  const steps: Step[] = [
    { wait: one.deviceTens * 10 + MS.device },
    ...textSteps(
      deltas.map((delta, i) =>
        hasEvidence ? { delta, meta: { logprob: i === 0 ? least : logprob, margin } } : { delta },
      ),
    ),
    finish({ output: tokens, ...(hasEvidence ? { meta: { edgewise: { meanLogprob: mean } } } : {}) }),
  ]
  const answers = scripted({ modelId: 'tiny', steps })
  const sample = (seed: number): LanguageModelV4 =>
    scripted({
      steps: [...textSteps([{ delta: seed <= one.agreeing ? deltas.join('') : `other ${seed}` }]), finish()],
    })
  return {
    ...answers,
    facts: { contextLength: contextOf(rule), countTokens: () => one.inputTokens, lacks: () => [] },
    // A sample is drawn with a temperature, and is there at once.
    doGenerate: (options) =>
      options.temperature === undefined
        ? answers.doGenerate(options)
        : sample(options.seed ?? 0).doGenerate(options),
  }
}

const cloudOf = (one: Facts): LanguageModelV4 =>
  scripted({
    modelId: 'cloudy',
    steps: [
      { wait: one.cloudTens * 10 + MS.cloud },
      ...textSteps([{ delta: one.isCloudJson ? '[2]' : '[2' }]),
      finish({ input: 400, output: 30 }),
    ],
  })

/** ms: over the wait for a first word. */
const LONGEST_MS = 120_000

/** The policy of one task; a cloud that waits as long as it must. */
const policyOf = (rule: Rule): Policy => ({
  version: 1,
  cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'cloudy', firstTokenMs: 60_000, retries: 0, price },
  tasks: { job: rule },
  default: { place: 'device-only' },
})

const callOf = (one: Facts, index: number, rule: Rule): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text: promptOf(index) }] }],
  providerOptions: { edgewise: { task: 'job' } },
  ...(jsonAsked(one, rule) ? { responseFormat: { type: 'json' as const } } : {}),
})

/** What the router does with the items, one after the other. */
async function routed(rule: Rule, all: readonly Facts[]): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  const store = memoryLedger()
  let device: DeviceModel | null = null
  let cloud: LanguageModelV4 | null = null
  let now = 0
  const delegate: LanguageModelV4 = {
    ...scripted({ modelId: 'cloudy', steps: [] }),
    doStream: (options) => cloud!.doStream(options),
    doGenerate: (options) => cloud!.doGenerate(options),
  }
  const model = edgewise({
    policy: policyOf(rule),
    get device() {
      return device
    },
    cloud: delegate,
    ledger: {
      ...store,
      put(receipt) {
        receipts.push(receipt)
        return store.put(receipt)
      },
    },
    signals: { ownHead: () => current!.ownHead },
    names: { id: 'none', recall: null, find: async () => [] },
    now: () => now,
  })()
  let current: Facts | null = null
  for (const [index, one] of all.entries()) {
    current = one
    device = deviceOf(one, rule)
    cloud = cloudOf(one)
    now = Date.parse(itemOf(one, index, rule).at!)
    const done = Promise.resolve(model.doGenerate(callOf(one, index, rule))).catch(() => null)
    // Longer than anything here waits. Not "all timers": what other tests of this worker left behind may look at the clock for ever.
    await vi.advanceTimersByTimeAsync(LONGEST_MS)
    await done
  }
  return receipts
}

test('the replay says what the router does', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(timedRule, days, async (rule, drawn) => {
      // What a stopped call of the cloud costs is an estimate of the router's, and the whole answer in a trace.
      const mayStop =
        rule.place === 'race' || rule.hedgeAfterMs !== undefined || rule.deadlineMs !== undefined
      const all = rule.budget !== undefined && mayStop ? drawn.slice(0, 1) : drawn
      const items = all.map((one, index) => itemOf(one, index, rule))
      const policy = policyReplay(policyOf(rule), { pair, contextLength: contextOf(rule) })
      const replayed = items.map((item) => policy.decide(item))
      const receipts = await routed(rule, all)
      const told = receipts.map(({ place, attempts }) => ({ place, asked: attempts.map((one) => one.place) }))
      expect(replayed.map(({ place, asked }) => ({ place, asked }))).toEqual(told)
      for (const [i, { latencyMs }] of replayed.entries())
        if (latencyMs !== null) expect(Math.abs(receipts[i]!.totalMs - latencyMs)).toBeLessThanOrEqual(1)
      for (const { place, asked } of told) {
        const kind = `${rule.place}: ${asked.join(' then ')} -> ${place}`
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
      }
    }),
    { numRuns: 1000, seed: 20_260_805 },
  )
  // The property would hold of nothing if nothing happened.
  for (const kind of [
    'device-only: device -> device',
    'cloud-only: cloud -> cloud',
    'cloud-only:  -> null',
    'prefer-cloud: cloud -> cloud',
    'prefer-cloud: cloud then device -> device',
    'prefer-device: device -> device',
    'prefer-device: device then cloud -> cloud',
    'prefer-device: device then cloud -> device',
    'prefer-device: device then cloud -> null',
    'race: device then cloud -> cloud',
    'race: device then cloud -> device',
  ])
    expect(seen.get(kind), kind).toBeGreaterThan(1)
}, 60_000)
