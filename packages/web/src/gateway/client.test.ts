import type { Receipt } from '@edgewise/evidence'
import { afterEach, expect, test, vi } from 'vitest'
import { callGateway, getReceipts } from './client.ts'

const receipt = { id: 'r1', task: 'fix' } as Receipt
const live = () => new AbortController().signal

function gateway(answer: (path: string, init: RequestInit) => Response): void {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => answer(path, init))
}

function stream(...events: unknown[]): Response {
  const text = events.map((e) => `data: ${typeof e === 'string' ? e : JSON.stringify(e)}\n\n`).join('')
  return new Response(text, { headers: { 'x-edgewise-receipt': 'r1' } })
}

const delta = (content: string) => ({ choices: [{ delta: { content } }] })

afterEach(() => vi.unstubAllGlobals())

test('a call gives the pieces, the data of the last chunk and the receipt', async () => {
  const asked: string[] = []
  gateway((path, init) => {
    asked.push(path)
    if (path === '/v1/receipts/r1') return Response.json(receipt)
    expect(init.headers).toMatchObject({ 'x-edgewise-task': 'fix' })
    return stream(
      delta('the '),
      delta('text'),
      { choices: [], edgewise: { receipt: 'r1', data: { n: 1 } } },
      '[DONE]',
    )
  })
  const pieces: string[] = []
  const outcome = await callGateway({ task: 'fix', text: 'x', onText: (p) => pieces.push(p), signal: live() })
  expect(outcome).toEqual({ text: 'the text', data: { n: 1 }, receipt, problem: null })
  expect(pieces).toEqual(['the ', 'text'])
  expect(asked).toEqual(['/v1/chat/completions', '/v1/receipts/r1'])
})

test("an error answer is shown with the gateway's own message and code, and its receipt", async () => {
  gateway((path) => {
    if (path === '/v1/receipts/r1') return Response.json(receipt)
    const error = { message: 'no task "x": use intent', type: 'invalid_request_error', code: 'unknown_task' }
    return Response.json({ error }, { status: 400, headers: { 'x-edgewise-receipt': 'r1' } })
  })
  const outcome = await callGateway({ task: 'fix', text: 'x', onText: () => {}, signal: live() })
  expect(outcome.problem).toMatchObject({ code: 'unknown_task', message: 'no task "x": use intent' })
  expect(outcome.receipt).toEqual(receipt)
})

test('an answer that is not JSON still names its status', async () => {
  gateway(() => new Response('<html>', { status: 502 }))
  const outcome = await callGateway({ task: 'fix', text: 'x', onText: () => {}, signal: live() })
  expect(outcome.problem).toMatchObject({ code: 'http_502' })
  expect(outcome.receipt).toBeNull()
})

test('an error inside the stream keeps the text that came before it', async () => {
  gateway((path) => {
    if (path.startsWith('/v1/receipts')) return Response.json(receipt)
    return stream(delta('half'), { error: { message: 'the model failed', type: 'server_error', code: null } })
  })
  const outcome = await callGateway({ task: 'fix', text: 'x', onText: () => {}, signal: live() })
  expect(outcome).toMatchObject({
    text: 'half',
    problem: { code: 'server_error', message: 'the model failed' },
  })
})

test('a stream that ends without [DONE] is not taken for a whole answer', async () => {
  gateway((path) => (path.startsWith('/v1/receipts') ? Response.json(receipt) : stream(delta('half'))))
  const outcome = await callGateway({ task: 'fix', text: 'x', onText: () => {}, signal: live() })
  expect(outcome).toMatchObject({ text: 'half', problem: { code: 'answer_cut' } })
})

test('no gateway: the problem says what to do, and there are no receipts', async () => {
  gateway(() => {
    throw new TypeError('Failed to fetch')
  })
  const outcome = await callGateway({ task: 'fix', text: 'x', onText: () => {}, signal: live() })
  expect(outcome.problem?.code).toBe('gateway_unreachable')
  expect(outcome.problem?.nextStep).toContain('this tab')
  expect(await getReceipts(20)).toBeNull()
})

test('an abort is told apart from a failure', async () => {
  const stop = new AbortController()
  let asked = 0
  gateway((path) => {
    // The gateway's first answer comes before it has noticed.
    if (path.startsWith('/v1/receipts')) return Response.json(receipt, { status: asked++ === 0 ? 404 : 200 })
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(delta('so far'))}\n\n`))
        stop.signal.addEventListener('abort', () => controller.error(stop.signal.reason))
      },
    })
    return new Response(body, { headers: { 'x-edgewise-receipt': 'r1' } })
  })
  const outcome = await callGateway({
    task: 'fix',
    text: 'x',
    onText: () => stop.abort(),
    signal: stop.signal,
  })
  expect(outcome).toMatchObject({ text: 'so far', receipt, problem: { code: 'aborted' } })
})
