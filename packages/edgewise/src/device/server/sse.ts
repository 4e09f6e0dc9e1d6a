/**
 * Server-sent events of one answer, within bounds: the length of a line, of all of it, and the silence between two pieces. It
 * reads what the WHATWG's event stream format has and servers send: data, event names, comments to keep the line alive.
 */
import { StalledError } from '../../errors.ts'
import { ServerTooLargeError } from './errors.ts'

export interface SseBounds {
  /** What messages call the server. */
  readonly origin: string
  readonly maxLineBytes: number
  readonly maxBytes: number
  /** Milliseconds without a byte, comments included. */
  readonly idleMs: number
}

export interface SseEvent {
  /** `message` when none was named. */
  readonly event: string
  readonly data: string
}

/** Throws StalledError and ServerTooLargeError, and what the stream fails with. Ending early cancels the stream. */
export async function* sseEvents(
  body: ReadableStream<Uint8Array>,
  bounds: SseBounds,
): AsyncGenerator<SseEvent, void> {
  let event = ''
  let data: string[] = []
  for await (const line of lines(body, bounds)) {
    if (line === '') {
      if (data.length > 0) yield { event: event || 'message', data: data.join('\n') }
      event = ''
      data = []
      continue
    }
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
  }
  // The format drops an event that no empty line ends; a server that closes after its last line meant it.
  if (data.length > 0) yield { event: event || 'message', data: data.join('\n') }
}

/** Lines without their end, which may be LF, CRLF or CR, split over pieces anywhere. */
async function* lines(body: ReadableStream<Uint8Array>, bounds: SseBounds): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  let skipLf = false
  for await (const bytes of pieces(body, bounds)) {
    let text = decoder.decode(bytes, { stream: true })
    if (skipLf && text !== '') {
      if (text[0] === '\n') text = text.slice(1)
      skipLf = false
    }
    if (text.endsWith('\r')) skipLf = true
    const found = (rest + text).split(/\r\n|\n|\r/)
    rest = found.pop()!
    yield* found
    if (rest.length > bounds.maxLineBytes) {
      throw new ServerTooLargeError(bounds.origin, 'a line', bounds.maxLineBytes)
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

/** The bytes of a body as they come, within `maxBytes` and never silent for longer than `idleMs`. */
export async function* pieces(
  body: ReadableStream<Uint8Array>,
  { origin, maxBytes, idleMs }: Omit<SseBounds, 'maxLineBytes'>,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader()
  let total = 0
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), idleMs, origin)
      if (done) return
      total += value.length
      if (total > maxBytes) throw new ServerTooLargeError(origin, 'an answer', maxBytes)
      yield value
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** Throws StalledError when nothing came for `ms`. */
export async function inTime<T>(awaited: Promise<T>, ms: number, origin: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new StalledError(`${origin} sent nothing for ${ms / 1000} s: the answer was given up`)),
    ms,
  )
  try {
    return await Promise.race([awaited, promise])
  } finally {
    clearTimeout(timer)
  }
}
