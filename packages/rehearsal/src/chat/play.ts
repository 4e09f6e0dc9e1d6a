/** An answer over time: as a stream token by token or as one body, at the pace of its rule, with the fault of its rule. */
import type { Fault } from '../script/faults.ts'
import { wait } from '../wire/pace.ts'
import type { Reply } from '../wire/reply.ts'
import type { Answer } from './answer.ts'
import { chunk, closingChunks, completion, DONE, type Envelope, sse, tokenLogprob } from './frames.ts'
import type { ChatRequest } from './request.ts'

interface Performance {
  readonly request: ChatRequest
  readonly answer: Answer
  readonly envelope: Envelope
  readonly fault: Fault | undefined
  /** Milliseconds to wait before the first token, and before each one after it; jitter is in them. */
  readonly firstTokenMs: () => number
  readonly tokenMs: () => number
}

const EVENT_STREAM = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }
/** Characters a frame of a huge answer. */
const HUGE_PIECE = 'rehearsal '.repeat(6554)

/** Sends the answer. Throws ClientGone. */
export function play(reply: Reply, performance: Performance): Promise<void> {
  return performance.request.stream ? playStream(reply, performance) : playWhole(reply, performance)
}

async function playStream(reply: Reply, performance: Performance): Promise<void> {
  const { request, answer, envelope, fault } = performance
  reply.start(200, EVENT_STREAM)
  reply.write(sse(chunk(envelope, { role: 'assistant', content: '' })))
  let sent = 0
  for (const piece of texts(answer, fault)) {
    if (await playFault(reply, fault, sent)) return
    const ms = sent === 0 ? performance.firstTokenMs() : performance.tokenMs()
    if (ms > 0) await wait(ms, reply.signal)
    const logprobs =
      request.logprobs && sent < answer.pieces.length
        ? { content: [tokenLogprob(answer, sent, request)], refusal: null }
        : null
    const written = reply.write(sse(chunk(envelope, { content: piece }, null, logprobs)))
    if (written) await written
    sent++
  }
  if (sent === 0) await wait(performance.firstTokenMs(), reply.signal)
  // An answer that is shorter than the fault waits for has it at its end: a fault that is asked for comes.
  if ((afterTokens(fault) ?? -1) >= sent && (await playFault(reply, fault, Number.POSITIVE_INFINITY))) return
  for (const frame of closingChunks(envelope, answer, request.includeUsage)) {
    const written = reply.write(sse(frame))
    if (written) await written
  }
  reply.end(DONE)
}

/** The body comes when a stream would have ended; a fault lies where it would have lain in the stream. */
async function playWhole(reply: Reply, performance: Performance): Promise<void> {
  const { request, answer, envelope, fault } = performance
  if (fault?.kind === 'huge' || fault?.kind === 'endless') return playLongBody(reply, performance)
  await wait(performance.firstTokenMs(), reply.signal)
  const after = afterTokens(fault)
  const count = Math.min(after ?? answer.pieces.length, answer.pieces.length)
  let ms = 0
  for (let token = 1; token < count; token++) ms += performance.tokenMs()
  await wait(ms, reply.signal)
  const body = completion(envelope, answer, request)
  if (after === null) return reply.json(200, body)
  const text = JSON.stringify(body)
  reply.start(200, { 'content-type': 'application/json' })
  if (fault!.kind === 'error-frame') return reply.end(JSON.stringify(errorOf(fault)))
  reply.write(text.slice(0, text.length / 2))
  if (fault!.kind === 'malformed') return reply.end('}{')
  await playFault(reply, fault, Number.POSITIVE_INFINITY)
}

/** A body that is longer than memory should have to hold: its text is written piece by piece. */
async function playLongBody(reply: Reply, performance: Performance): Promise<void> {
  const { request, answer, envelope, fault } = performance
  const mark = { ...answer, pieces: ['\n'] }
  const body = JSON.stringify(completion(envelope, mark, { ...request, logprobs: false }))
  const [head, tail] = body.split('\\n')
  reply.start(200, { 'content-type': 'application/json' })
  reply.write(head!)
  for (const piece of texts(answer, fault)) {
    await wait(performance.tokenMs(), reply.signal)
    await reply.write(JSON.stringify(piece).slice(1, -1))
  }
  reply.end(tail)
}

/** What is said: the answer, or what a fault makes of it. */
function* texts(answer: Answer, fault: Fault | undefined): Generator<string, void, undefined> {
  if (fault?.kind === 'huge') {
    for (let rest = fault.megabytes * 1e6; rest > 0; rest -= HUGE_PIECE.length)
      yield HUGE_PIECE.slice(0, Math.min(rest, HUGE_PIECE.length))
    return
  }
  yield* answer.pieces
  if (fault?.kind === 'endless') for (;;) yield ' more'
}

/** Plays the fault when its moment has come; whether the response is over with it. */
async function playFault(reply: Reply, fault: Fault | undefined, sent: number): Promise<boolean> {
  const after = afterTokens(fault)
  if (after === null || sent < after) return false
  switch (fault!.kind) {
    case 'stall':
      return reply.untilGone()
    case 'cut':
      reply.end()
      return true
    case 'reset':
      // A reset drops what is still on its way: the tokens before it get the time to arrive.
      await wait(RESET_DELAY_MS, reply.signal)
      reply.reset()
      return true
    case 'error-frame':
      reply.end(sse(errorOf(fault!)))
      return true
    case 'malformed':
      if (sent === after || sent === Number.POSITIVE_INFINITY)
        await reply.write('data: {"choices":[{"delta":\n\n')
      return false
    default:
      return false
  }
}

const RESET_DELAY_MS = 50

function afterTokens(fault: Fault | undefined): number | null {
  return fault !== undefined && 'afterTokens' in fault ? fault.afterTokens : null
}

function errorOf(fault: Fault): object {
  const code = fault.kind === 'error-frame' ? fault.code : 'server_error'
  return { error: { message: `a rehearsed fault: ${code}`, type: 'server_error', code, param: null } }
}
