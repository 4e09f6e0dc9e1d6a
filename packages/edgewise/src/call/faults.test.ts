/** Any fault at either place, under any rule, with any end by the caller: what must hold every time. */
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { edgewise } from '../edgewise.ts'
import type { Rule } from '../policy/index.ts'
import { finish, prompt, type Script, scripted, text } from '../testing/models.ts'
import { arrayLedger } from '../testing/router-setup.ts'

const bars = [{ signal: 'meanLogprob', threshold: -0.5 }]
const rule = fc
  .record({
    base: fc.constantFrom<Rule>(
      { place: 'device-only' },
      { place: 'cloud-only' },
      { place: 'prefer-device' },
      { place: 'prefer-device', escalate: bars },
      { place: 'prefer-device', escalate: bars, offline: 'fail' },
      { place: 'prefer-device', escalate: bars, commit: { tokens: 2 } },
      { place: 'prefer-device', escalate: [{ signal: 'length', threshold: 2 }] },
      { place: 'prefer-device', escalate: bars, hedgeAfterMs: 2 },
      { place: 'prefer-device', hedgeAfterMs: 1 },
      { place: 'prefer-device', commit: 'valid-json' },
      { place: 'prefer-cloud' },
      { place: 'prefer-cloud', hedgeAfterMs: 1 },
      { place: 'race' },
      { place: 'race', escalate: bars },
      { place: 'race', commit: 'whole-answer' },
    ),
    deadlineMs: fc.option(fc.constantFrom({ total: 12 }, { firstToken: 4 }, { firstToken: 12, total: 12 }), {
      nil: null,
      freq: 3,
    }),
  })
  .map(({ base, deadlineMs }): Rule => (deadlineMs === null ? base : { ...base, deadlineMs }))

/** An answer in the letter of its place, cut short by a fault at any point. */
function script(letter: string): fc.Arbitrary<Script> {
  const boom = { fail: new Error('boom') }
  const ends = ['finish', 'throw', 'error part', 'nothing', 'hang', 'deaf hang', 'finish with error'] as const
  return fc
    .record({
      opening: fc.constantFrom<NonNullable<Script['opening']>>(
        [],
        [],
        [],
        [{ wait: 1 }],
        [boom],
        ['hang'],
        ['deaf hang'],
      ),
      pieces: fc.array(fc.constantFrom(letter, letter.repeat(3), ''), { maxLength: 4 }),
      cut: fc.nat(7),
      end: fc.constantFrom(...ends),
      meanLogprob: fc.constantFrom(-0.1, -2, undefined),
      pause: fc.boolean(),
    })
    .map(({ opening, pieces, cut, end, meanLogprob, pause }) => {
      const all = text(...pieces)
      const steps: Script['steps'][number][] = end === 'finish' ? [...all] : all.slice(0, cut)
      if (pause) steps.splice(steps.length >> 1, 0, { wait: 1 })
      const meta = { edgewise: meanLogprob === undefined ? {} : { meanLogprob } }
      if (end === 'finish') steps.push(finish({ meta }))
      if (end === 'throw') steps.push(boom)
      if (end === 'error part') steps.push({ type: 'error', error: boom.fail })
      if (end === 'hang' || end === 'deaf hang') steps.push(end)
      if (end === 'finish with error') steps.push(finish({ reason: 'error' }))
      return { modelId: letter, opening, steps }
    })
}

const caller = fc.record({
  generate: fc.boolean(),
  /** Aborts after so many milliseconds. */
  abortAfter: fc.option(fc.nat(6), { nil: null, freq: 3 }),
  /** Cancels the stream after so many parts. */
  cancelAfter: fc.option(fc.nat(5), { nil: null, freq: 3 }),
})

const reason = new Error('enough')

/** A device has no time limit of its own: a caller who would wait for ever gives up in the end. */
const PATIENCE = 30

/** What the caller got. */
interface Outcome {
  readonly text: string
  readonly error: unknown
  readonly cancelled: boolean
  /** Parts of a stream; none when a result was asked for. */
  readonly parts: readonly LanguageModelV4StreamPart[]
}

const deltas = (steps: readonly Script['steps'][number][]): string =>
  steps
    .map((step) =>
      typeof step === 'object' && 'type' in step && step.type === 'text-delta' ? step.delta : '',
    )
    .join('')

const finishes = ({ steps }: Script): boolean =>
  steps.some((step) => typeof step === 'object' && 'type' in step && step.type === 'finish')

type Caller = typeof caller extends fc.Arbitrary<infer T> ? T : never

async function callAs(
  { generate, abortAfter, cancelAfter }: Caller,
  model: LanguageModelV4,
): Promise<Outcome> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(reason), abortAfter ?? PATIENCE)
  const call = {
    prompt: prompt('x'),
    providerOptions: { edgewise: { task: 'job' } },
    abortSignal: stop.signal,
  }
  const parts: LanguageModelV4StreamPart[] = []
  try {
    if (generate) {
      const { content } = await model.doGenerate(call)
      const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
      return { text, error: null, cancelled: false, parts }
    }
    const reader = (await model.doStream(call)).stream.getReader()
    for (;;) {
      if (parts.length === cancelAfter) {
        await reader.cancel(reason)
        return { text: deltas(parts), error: null, cancelled: true, parts }
      }
      const { done, value } = await reader.read()
      if (done) return { text: deltas(parts), error: null, cancelled: false, parts }
      parts.push(value)
    }
  } catch (error) {
    return { text: deltas(parts), error, cancelled: false, parts }
  } finally {
    clearTimeout(timer)
  }
}

test('one receipt, one text, nothing left open', async () => {
  const check = async (rule: Rule, deviceScript: Script, cloudScript: Script, caller: Caller) => {
    const device = scripted(deviceScript)
    const cloud = scripted(cloudScript)
    const receipts: Receipt[] = []
    const model = edgewise({
      policy: {
        version: 1,
        cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'm', firstTokenMs: 8, idleMs: 8, retries: 0 },
        tasks: { job: rule },
        default: { place: 'device-only' },
      },
      device,
      cloud,
      ledger: arrayLedger(receipts),
    })()
    const { text, error, cancelled, parts } = await callAs(caller, model)

    expect(receipts).toHaveLength(1)
    const receipt = receipts[0]!
    expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt)

    // Who was asked.
    if (rule.place === 'device-only') expect(cloud.calls).toHaveLength(0)
    if (rule.place === 'cloud-only') expect(device.calls).toHaveLength(0)
    expect(receipt.attempts.map(({ model }) => model).sort()).toEqual([
      ...cloud.calls.map(() => 'c'),
      ...device.calls.map(() => 'd'),
    ])
    expect(receipt.bytesOut === 0).toBe(cloud.calls.length === 0)

    // Text of one place only, that of the receipt, from its beginning.
    const source = deltas((receipt.place === 'device' ? deviceScript : cloudScript).steps)
    expect(source.startsWith(text)).toBe(true)
    if (text !== '') expect(receipt.place).not.toBeNull()

    // How it ended is how the receipt says it ended.
    const answered = receipt.attempts.filter(({ outcome }) => outcome === 'answered')
    expect(answered).toHaveLength(receipt.error === null ? 1 : 0)
    if (error === reason) expect(receipt.error).toBe('aborted')
    else if (error !== null) expect(error).toMatchObject({ code: receipt.error, receiptId: receipt.id })
    else if (!cancelled && receipt.error === null) expect(text).toBe(source)
    if (error === null && !cancelled && !caller.generate) {
      expect(parts.filter(({ type }) => type === 'finish')).toEqual([parts.at(-1)])
      expect(parts.some(({ type }) => type === 'error')).toBe(receipt.error !== null)
    }

    // One turn later at the latest everything is closed, and a place that had not finished was told to stop.
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(device.running() + cloud.running()).toBe(0)
    for (const { abortSignal } of device.calls)
      expect(abortSignal!.aborted || finishes(deviceScript)).toBe(true)
    for (const { abortSignal } of cloud.calls)
      expect(abortSignal!.aborted || finishes(cloudScript)).toBe(true)
  }
  await fc.assert(fc.asyncProperty(rule, script('d'), script('c'), caller, check), {
    seed: 6,
    numRuns: process.env.EDGEWISE_TESTS === 'all' ? 3000 : 150,
  })
})
