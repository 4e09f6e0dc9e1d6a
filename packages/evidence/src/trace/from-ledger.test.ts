/** A trace out of a ledger: whose outcome a call leaves, whose word its score is, and what the cloud costs that nobody asked. */
import { expect, test } from 'vitest'
import type { Judgement } from '../judgement.ts'
import type { Ledger } from '../ledger.ts'
import { memoryLedger } from '../memory/memory-ledger.ts'
import type { Receipt } from '../receipt.ts'
import { attemptOf, judgementOf, receiptOf, shadowOf } from '../testing/receipts.ts'
import { type LedgerTraceOptions, traceFromLedger } from './from-ledger.ts'
import { judgedItem, type TraceItem } from './item.ts'
import { judgeLedger } from './judge-ledger.ts'

const pair = { device: 'edgewise-mini', cloud: 'cloud-model' }

const price = {
  model: 'cloud-model',
  inputPerMTok: 1,
  cachedInputPerMTok: 1,
  outputPerMTok: 4,
  asOf: null,
  source: null,
}

/** Of the device, which the cloud would have taken 0.25 dollars for. */
const onDevice = receiptOf({
  avoidedUsd: 0.25,
  price,
  setup: { quantisation: 'Q4_K_M', template: 'abc' },
  signals: [
    { name: 'margin', value: 0.5, threshold: 0.25, pass: true },
    { name: 'length', value: 3, threshold: null, pass: null },
  ],
})

const inCloud = attemptOf({ place: 'cloud', model: 'cloud-model', ms: 700, costUsd: 0.25, inputTokens: 22 })

/** Rejected on the device, answered by the cloud. */
const escalated = receiptOf({
  ...onDevice,
  place: 'cloud',
  model: 'cloud-model',
  attempts: [attemptOf({ outcome: 'rejected' }), inCloud],
  costUsd: 0.25,
  avoidedUsd: 0,
})

async function ledgerOf(
  receipts: readonly Receipt[],
  judgements: readonly Judgement[] = [],
): Promise<Ledger> {
  const ledger = memoryLedger()
  for (const receipt of receipts) await ledger.put(receipt)
  for (const judgement of judgements) await ledger.judge(judgement)
  return ledger
}

async function traceOf(
  ledger: Pick<Ledger, 'all' | 'judgements'>,
  options?: LedgerTraceOptions,
): Promise<TraceItem[]> {
  const items: TraceItem[] = []
  for await (const item of traceFromLedger(ledger, options)) items.push(item)
  return items
}

const scoresOf = ([item]: readonly TraceItem[]): (number | null | undefined)[] =>
  ['edgewise-mini', 'cloud-model'].map((model) => item!.models[model]?.score)

test('a call of the device: its outcome, and what the cloud would have cost', async () => {
  expect(await traceOf(await ledgerOf([onDevice]))).toEqual([
    {
      id: 'receipt-1',
      task: 'intent',
      at: '2026-08-05T09:30:00.000Z',
      prompt: null,
      promptDigest: null,
      models: {
        'edgewise-mini': {
          score: null,
          signals: { margin: 0.5, length: 3 },
          inputTokens: 20,
          outputTokens: 3,
          costUsd: 0,
          latencyMs: 9,
          quantisation: 'Q4_K_M',
          template: 'abc',
        },
        'cloud-model': {
          score: null,
          signals: {},
          inputTokens: null,
          outputTokens: null,
          costUsd: 0.25,
          latencyMs: null,
          quantisation: null,
          template: null,
        },
      },
    },
  ])
})

test('an escalated call: both outcomes as they were, signals of the device alone', async () => {
  const [item] = await traceOf(await ledgerOf([escalated]))
  expect(item!.models['edgewise-mini']).toMatchObject({ latencyMs: 9, signals: { margin: 0.5 } })
  expect(item!.models['cloud-model']).toMatchObject({
    latencyMs: 700,
    costUsd: 0.25,
    inputTokens: 22,
    signals: {},
    quantisation: null,
  })
})

test('what failed or was cancelled is no outcome; the cloud then has what it would have cost', async () => {
  const lost = { ...inCloud, outcome: 'cancelled', costUsd: 0.1 } as const
  const raced = receiptOf({ ...onDevice, attempts: [attemptOf(), lost], costUsd: 0.1, avoidedUsd: 0.15 })
  const [item] = await traceOf(await ledgerOf([raced]))
  expect(item!.models['cloud-model']).toMatchObject({ costUsd: 0.25, latencyMs: null, inputTokens: null })

  const failed = { ...escalated, attempts: [attemptOf({ outcome: 'failed', code: 'stalled' }), inCloud] }
  expect(Object.keys((await traceOf(await ledgerOf([failed])))[0]!.models)).toEqual(['cloud-model'])

  const unpriced = receiptOf({ ...onDevice, price: null, avoidedUsd: null })
  expect(Object.keys((await traceOf(await ledgerOf([unpriced])))[0]!.models)).toEqual(['edgewise-mini'])
})

test('a rejected answer that was used after all counts once, as the one that answered', async () => {
  const attempts = [attemptOf({ outcome: 'rejected', ms: 1 }), attemptOf({ ms: 2 }), inCloud]
  const [item] = await traceOf(await ledgerOf([receiptOf({ ...onDevice, attempts })]))
  expect(item!.models['edgewise-mini']!.latencyMs).toBe(2)
})

test('kept answers, calls without an answer and rehearsals are left out; rehearsals alone when asked for', async () => {
  const cache = { kind: 'exact', of: 'receipt-1', ageSeconds: 1, similarity: 1 } as const
  const ledger = await ledgerOf([
    receiptOf({ id: 'kept', cache, attempts: [] }),
    receiptOf({ id: 'lost', error: 'no_answer', place: null, attempts: [attemptOf({ outcome: 'failed' })] }),
    receiptOf({ id: 'rehearsed', rehearsal: true }),
    receiptOf({ id: 'real' }),
    receiptOf({ id: 'other', task: 'json' }),
    receiptOf({ id: 'earlier', at: '2026-08-01T00:00:00.000Z' }),
  ])
  const ids = async (options?: LedgerTraceOptions): Promise<string> =>
    (await traceOf(ledger, options)).map(({ id }) => id).join(' ')
  expect(await ids()).toBe('real other earlier')
  expect(await ids({ rehearsal: true })).toBe('rehearsed')
  expect(await ids({ task: 'intent', since: '2026-08-05' })).toBe('real')
  expect(await ids({ until: '2026-08-02' })).toBe('earlier')
  await expect(traceOf(ledger, { since: 'noon' })).rejects.toMatchObject({ code: 'ledger_bad_time' })
})

test('one name on both sides, and names of objects’ own', async () => {
  const same = { ...inCloud, model: 'edgewise-mini' }
  const [item] = await traceOf(await ledgerOf([{ ...escalated, attempts: [escalated.attempts[0]!, same] }]))
  expect(Object.keys(item!.models)).toEqual(['edgewise-mini', 'edgewise-mini@cloud'])

  const odd = receiptOf({
    attempts: [attemptOf({ model: '__proto__' })],
    signals: [
      { name: '__proto__', value: 1, threshold: null, pass: null },
      { name: 'none', value: Number.NaN, threshold: null, pass: null },
    ],
  })
  const [strange] = await traceOf(await ledgerOf([odd]))
  expect(Object.keys(strange!.models)).toEqual(['__proto__'])
  expect(Object.keys(Object.values(strange!.models)[0]!.signals)).toEqual(['__proto__'])
})

test('a user: the score of the side that answered, the newest word holds', async () => {
  const ledger = await ledgerOf(
    [onDevice],
    [
      judgementOf({ device: 0.5, at: '2026-08-05T12:00:00.000Z' }),
      judgementOf({ device: 1, at: '2026-08-05T11:00:00.000Z' }),
    ],
  )
  expect(scoresOf(await traceOf(ledger))).toEqual([0.5, null])
  await ledger.judge(judgementOf({ device: 0, at: '2026-08-05T12:00:00.000Z' }))
  // One that says nothing of the device takes nothing back.
  await ledger.judge(judgementOf({ device: null, cloud: 0.75, at: '2026-08-05T13:00:00.000Z' }))
  expect(scoresOf(await traceOf(ledger))).toEqual([0, 0.75])
})

test('a shadow: the cloud’s outcome is that of the call it made, and the item is judged', async () => {
  const judgements = [
    judgementOf({ device: 1, at: '2026-08-06T00:00:00.000Z' }),
    shadowOf(0.5),
    // A later one whose call came to nothing.
    judgementOf({
      by: 'shadow',
      device: null,
      shadow: { ...inCloud, outcome: 'failed', ms: 1 },
      at: '2026-08-07T00:00:00.000Z',
    }),
  ]
  const ledger = await ledgerOf([onDevice], judgements)
  const [item] = await traceOf(ledger, { by: ['shadow'] })
  expect(judgedItem(item!, pair)).toMatchObject({
    device: { score: 0, signals: { margin: 0.5 } },
    cloud: { score: 1, costUsd: 0.5, latencyMs: 700 },
  })
  // Whoever counts the user too, hears the user's later word of the device.
  expect(scoresOf(await traceOf(ledger))).toEqual([1, 1])
  // Whoever leaves shadows out, has neither their scores nor their calls.
  const [without] = await traceOf(ledger, { by: ['user'] })
  expect(without!.models['cloud-model']).toMatchObject({ score: null, costUsd: 0.25, latencyMs: null })
})

test('a function: what is kept is judged, once, and again when the function thinks better of it', async () => {
  const ledger = await ledgerOf([
    onDevice,
    receiptOf({ id: 'silent' }),
    receiptOf({ id: 'other', task: 'fix' }),
  ])
  const until = new Date(Date.now() + 60_000).toISOString()
  for (const id of ['receipt-1', 'other'])
    await ledger.keepContent(id, { prompt: 'greet', answer: 'hello' }, until)
  const asked: string[] = []
  const by = 'function'
  const judge = (good: number) => (receipt: Receipt, content: { answer: string }) => {
    asked.push(`${receipt.id} ${content.answer}`)
    return { [receipt.place!]: good }
  }
  const run = (good: number): Promise<number> =>
    judgeLedger(ledger, { task: 'intent', by, judge: judge(good) })
  expect([await run(0.25), await run(0.25), await run(0.5)]).toEqual([1, 0, 1])
  expect(asked).toEqual(['receipt-1 hello', 'receipt-1 hello', 'receipt-1 hello'])
  expect((await ledger.judgements('receipt-1')).map((one) => one.device)).toEqual([0.25, 0.5])
  expect(scoresOf(await traceOf(ledger, { by: [by] }))).toEqual([0.5, null])
  expect(await judgeLedger(ledger, { by, judge: () => null })).toBe(0)
  const wrong = judgeLedger(ledger, { by, judge: async () => ({ device: 2 }) })
  await expect(wrong).rejects.toMatchObject({ code: 'ledger_bad_judgement' })
})

test('exact: the answer against the one that is right', async () => {
  const right: Readonly<Record<string, string>> = { 'capital of France?': 'Paris' }
  const ledger = await ledgerOf([onDevice])
  const until = new Date(Date.now() + 60_000).toISOString()
  await ledger.keepContent('receipt-1', { prompt: 'capital of France?', answer: 'Lyon' }, until)
  const written = await judgeLedger(ledger, {
    by: 'exact',
    judge: (_, { prompt, answer }) => ({ device: answer === right[prompt] ? 1 : 0, cloud: 1 }),
  })
  expect(written).toBe(1)
  const [item] = await traceOf(ledger, { by: ['exact'] })
  expect(judgedItem(item!, pair)).toMatchObject({ device: { score: 0 }, cloud: { score: 1, costUsd: 0.25 } })
})

test('what was read off the beginning of an answer is no signal of the whole', async () => {
  const [margin, ...others] = onDevice.signals
  const signals = [{ ...margin!, early: true as const }, ...others]
  const [item] = await traceOf(await ledgerOf([{ ...onDevice, signals }]))
  expect(item!.models['edgewise-mini']!.signals).toEqual({ length: 3 })
})
