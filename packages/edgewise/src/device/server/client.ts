/**
 * The one client of every server: a request, its answer within bounds, and typed errors. It follows no redirect, tries nothing
 * twice, and gives up with the call's signal, which closes the connection: that is how servers are told to stop.
 */
import { EdgewiseError, IncompleteAnswerError } from '../../errors.ts'
import { type Chunk, readChunk, readFailure } from '../../wire/chunk-shape.ts'
import { EventParser, LineTooLongError } from '../../wire/event-parser.ts'
import type { Address } from './address.ts'
import {
  type Refusal,
  ServerContextError,
  ServerMalformedError,
  ServerRefusedError,
  ServerTooLargeError,
  ServerUnreachableError,
} from './errors.ts'
import { inTime, pieces } from './pieces.ts'

/** A chunk has one token or a few; the longest lines are whole answers of servers that do not stream. */
const MAX_LINE_BYTES = 4 * 2 ** 20
const MAX_BYTES = 64 * 2 ** 20
const MAX_ERROR_BYTES = 64 * 2 ** 10
/** Prompts of thousands of tokens take a small machine this long before the first byte. */
const IDLE_MS = 120_000

export interface Client {
  readonly address: Address
  /** Chunks of the answer to this body, the whole completion as one where it does not stream. */
  complete(body: string, signal: AbortSignal): AsyncGenerator<Chunk, void>
  /** The JSON at a path: under `baseURL`, or under the origin when it is marked so. */
  get(path: string, from: 'base' | 'origin', signal: AbortSignal): Promise<unknown>
}

export interface ClientOptions {
  readonly apiKey?: string | undefined
  readonly fetch?: typeof fetch | undefined
  /** Milliseconds of silence after which an answer is given up; 120,000 when not given. */
  readonly idleMs?: number | undefined
}

export function createClient(address: Address, options: ClientOptions): Client {
  const { apiKey, idleMs = IDLE_MS } = options
  const { base, origin } = address
  const send = options.fetch ?? fetch
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }

  /** Throws the signal's reason, ServerUnreachableError, StalledError, or what a status but 2xx says. */
  async function request(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    const sent = send(url, { ...init, redirect: 'manual', signal: either }).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new ServerUnreachableError(origin, { cause })
    })
    // The loser of the race below: its rejection is nobody's news.
    sent.catch(() => {})
    let response: Response
    try {
      response = await inTime(sent, idleMs, origin)
    } catch (error) {
      stop.abort(error)
      throw error
    }
    if (response.ok && response.body) return response
    throw failureOf(origin, await refusal(response))
  }

  /** The text of a body that is no stream. */
  async function text(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string> {
    const decoder = new TextDecoder()
    let read = ''
    for await (const bytes of pieces(body, { origin, maxBytes, idleMs })) {
      read += decoder.decode(bytes, { stream: true })
    }
    return read + decoder.decode()
  }

  async function refusal(response: Response): Promise<Refusal> {
    const { status, body, type } = response
    // A browser hides where a redirect leads, and its status.
    if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      body?.cancel().catch(() => {})
      return { status, type: 'redirect', detail: 'redirects are not followed' }
    }
    const said = body ? await text(body, MAX_ERROR_BYTES).catch(() => '') : ''
    return refusalOf(status, parsed(said) ?? said)
  }

  return {
    address,
    async *complete(body, signal) {
      try {
        const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }
        const response = await request(`${base}/chat/completions`, init, signal)
        if (!isEventStream(response)) {
          yield chunkOf(parsed(await text(response.body!, MAX_LINE_BYTES)), origin, 'an answer')
          return
        }
        let isFinished = false
        const parser = new EventParser(MAX_LINE_BYTES)
        const read = function* (events: readonly string[]): Generator<Chunk, boolean> {
          for (const data of events) {
            if (data === '[DONE]') return true
            const chunk = chunkOf(parsed(data), origin, 'a frame')
            isFinished ||= chunk.choices?.[0]?.finish_reason != null
            yield chunk
          }
          return false
        }
        for await (const bytes of pieces(response.body!, { origin, idleMs, maxBytes: MAX_BYTES })) {
          if (yield* read(parser.push(bytes))) return
        }
        if (yield* read(parser.end())) return
        if (!isFinished) throw cut(origin)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof LineTooLongError) throw new ServerTooLargeError(origin, 'a line', error.limit)
        throw error instanceof EdgewiseError ? error : cut(origin, error)
      }
    },
    async get(path, from, signal) {
      const response = await request((from === 'base' ? base : origin) + path, { headers }, signal)
      const said = await text(response.body!, MAX_LINE_BYTES).catch((error: unknown) => {
        signal.throwIfAborted()
        throw error instanceof EdgewiseError ? error : cut(origin, error)
      })
      return parsed(said) ?? said
    },
  }
}

const isEventStream = (response: Response): boolean =>
  response.headers.get('content-type')?.includes('text/event-stream') ?? false

function cut(origin: string, cause?: unknown): IncompleteAnswerError {
  const error = new IncompleteAnswerError(`${origin} closed the connection before the answer had ended`)
  error.cause = cause
  return error
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Throws what an error in place of a chunk says, and ServerMalformedError for anything else. */
function chunkOf(value: unknown, origin: string, what: string): Chunk {
  if (readFailure(value)) throw failureOf(origin, refusalOf(null, value))
  const chunk = readChunk(value)
  if (!chunk) throw new ServerMalformedError(origin, `${what} that is no chat completion`)
  return chunk
}

function refusalOf(status: number | null, said: unknown): Refusal {
  const error = readFailure(said)?.error
  const whole = typeof said === 'string' ? said : JSON.stringify(said)
  const { message, type, code } = typeof error === 'object' ? error : { message: error }
  const detail = typeof message === 'string' ? message : whole
  const name = [type, code].find((value) => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value))
  return { status, type: (name as string | undefined) ?? '', detail: detail.slice(0, 2000) }
}

/** Words of llama-server, vLLM, ExecuTorch and LiteRT-LM for a prompt that is too long. */
const tooLong =
  /exceed_context|context_length|context_exhausted|context (length|size|window)|maximum context|token ids are too long/i

function failureOf(origin: string, said: Refusal): Error {
  return tooLong.test(`${said.type} ${said.detail}`)
    ? new ServerContextError(origin, said.detail)
    : new ServerRefusedError(origin, said)
}
