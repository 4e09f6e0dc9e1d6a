/** Asks the finder of names about every text of a call, in a bounded time, and believes nothing it says unchecked. */
import { type NameFinder, type Span, typeName } from '@edgewise/redact'
import { RedactionError } from './errors.ts'

/** Milliseconds for all texts of one call. A model that reads slower than that is no way to prepare a call. */
const mostMs = 20_000

/** The spans of each text. Throws RedactionError, and the signal's reason. */
export async function namesIn(
  texts: readonly string[],
  names: NameFinder,
  signal?: AbortSignal,
  ms: number = mostMs,
): Promise<Map<string, readonly Span[]>> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), ms)
  const until = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  try {
    const found = new Map<string, readonly Span[]>()
    for (const text of texts) {
      const spans = await orAborted(names.find(text, until), until)
      found.set(text, checked(spans, text.length))
    }
    return found
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof RedactionError) throw error
    // Its message may quote the text.
    const what = late.signal.aborted ? `no answer within ${ms} ms` : 'it threw'
    throw failed(names, what, error)
  } finally {
    clearTimeout(timer)
  }

  function checked(spans: readonly Span[], length: number): readonly Span[] {
    if (!Array.isArray(spans)) throw failed(names, 'it gave no list of spans')
    for (const span of spans as readonly unknown[])
      if (!isSpan(span, length)) throw failed(names, 'it gave a span that is none')
    return spans
  }
}

/** Names longer than one word that were found in any text, wherever they stand: a model sees one in one sentence and not in the next. */
export function knownNames(found: ReadonlyMap<string, readonly Span[]>): (text: string) => Span[] {
  const types = new Map<string, string>()
  for (const [text, spans] of found) {
    for (const { type, start, end } of spans) {
      const name = text.slice(start, end).trim()
      if (/\p{L}\s+\p{L}/u.test(name) && types.size < mostNames) types.set(name, type)
    }
  }
  if (types.size === 0) return () => []
  const names = [...types.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const any = new RegExp(`(?<![\\p{L}\\p{N}])(?:${names.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
  return (text) =>
    [...text.matchAll(any)].map(({ 0: name, index }) => ({
      type: types.get(name)!,
      start: index,
      end: index + name.length,
    }))
}

/** One expression of all names stays small. */
const mostNames = 500

function isSpan(span: unknown, length: number): span is Span {
  if (typeof span !== 'object' || span === null) return false
  const { type, start, end } = span as Partial<Record<keyof Span, unknown>>
  return (
    typeof type === 'string' &&
    typeName.test(type) &&
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    (start as number) >= 0 &&
    (start as number) < (end as number) &&
    (end as number) <= length
  )
}

/** `work`, unless the signal is earlier: a finder need not listen to it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let stop: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const failed = (names: NameFinder, what: string, cause?: unknown) =>
  new RedactionError(
    'redaction_failed',
    `the finder of names (${names.id}) failed: ${what}; nothing was sent: let the task run on the device, or mend the finder`,
    { cause },
  )
