import type { Mini, RunOptions, RunResult, TextPart } from '@edgewise/mini'
import { expect, test } from 'vitest'
import { runHere } from './run-here.ts'

type Steps = (options: RunOptions) => AsyncGenerator<TextPart, RunResult>

/** As much of a Mini as a run needs. */
const mini = (run: Steps): Mini =>
  ({ modelId: 'edgewise-mini', run: (_task, _text, options = {}) => run(options) }) as Mini

const end = (completionTokens: number): RunResult => ({
  finishReason: 'stop',
  promptTokens: 12,
  cachedTokens: 5,
  completionTokens,
  meanLogprob: -0.25,
  data: { n: 1 },
})

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const id = (): string => 'r1'

test('the answer comes in pieces, and the receipt says it stayed here', async () => {
  const pieces: string[] = []
  const model = mini(async function* () {
    for (const text of ['', 'so', ' on']) {
      await wait(8)
      yield { text, logprob: -1 }
    }
    await wait(25)
    return end(3)
  })
  const request = {
    task: 'complete',
    text: 'and',
    onText: (p: string) => pieces.push(p),
    signal: new AbortController().signal,
  } as const
  const { text, data, receipt, problem } = await runHere(model, request, id)
  expect({ text, data, problem, pieces }).toEqual({
    text: 'so on',
    data: { n: 1 },
    problem: null,
    pieces: ['so', ' on'],
  })
  expect(receipt).toMatchObject({
    id: 'r1',
    task: 'complete',
    place: 'device',
    model: 'edgewise-mini',
    signals: [{ name: 'meanLogprob', value: -0.25, threshold: null, pass: null }],
    privacy: 'nothing-leaves',
    sentDigest: null,
    inputTokens: 12,
    cachedTokens: 5,
    outputTokens: 3,
    costUsd: 0,
    avoidedUsd: null,
    bytesOut: 0,
    error: null,
  })
  expect(receipt?.attempts).toMatchObject([{ place: 'device', outcome: 'answered', bytesOut: 0 }])
  const { firstTokenMs, totalMs, tokensPerSecond } = receipt!
  expect(firstTokenMs).toBeGreaterThan(0)
  expect(totalMs).toBeGreaterThan(firstTokenMs!)
  // Two more tokens, 8 ms apart at least; the pause before the end does not count.
  expect(tokensPerSecond).toBeGreaterThan(2000 / (totalMs - firstTokenMs! - 20))
  expect(tokensPerSecond).toBeLessThan(2000 / 14)
})

test('an answer in one piece has no decoding speed', async () => {
  const model = mini(async function* () {
    yield { text: 'card_declined', logprob: -0.1 }
    await wait(5)
    return end(4)
  })
  const request = {
    task: 'intent',
    text: 'x',
    onText: () => {},
    signal: new AbortController().signal,
  } as const
  expect((await runHere(model, request, id)).receipt?.tokensPerSecond).toBeNull()
})

test('a stopped call keeps its text and has a receipt without a place', async () => {
  const stopper = new AbortController()
  const model = mini(async function* ({ signal }) {
    yield { text: 'so', logprob: -1 }
    signal?.throwIfAborted()
    return end(1)
  })
  const request = {
    task: 'complete',
    text: 'x',
    onText: () => stopper.abort(),
    signal: stopper.signal,
  } as const
  const { text, receipt, problem } = await runHere(model, request, id)
  expect(text).toBe('so')
  expect(problem?.code).toBe('aborted')
  expect(receipt).toMatchObject({
    place: null,
    model: null,
    error: 'aborted',
    signals: [],
    outputTokens: null,
  })
  expect(receipt?.attempts).toMatchObject([{ outcome: 'cancelled', code: null }])
})

test("the engine's errors keep their code", async () => {
  const model = mini(async function* () {
    yield* []
    throw Object.assign(new Error('the text needs 600 tokens, there are 512'), {
      code: 'context_length_exceeded',
    })
  })
  const request = { task: 'fix', text: 'x', onText: () => {}, signal: new AbortController().signal } as const
  const { receipt, problem } = await runHere(model, request, id)
  expect(problem).toMatchObject({ code: 'context_length_exceeded', message: /600 tokens/ })
  expect(receipt?.error).toBe('context_length_exceeded')
  expect(receipt?.attempts).toMatchObject([{ outcome: 'failed', code: 'context_length_exceeded' }])
})
