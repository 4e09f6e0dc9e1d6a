/**
 * Opens a model's stream and waits for its first output, so that an error before it still gets an HTTP status, and so
 * that the place in the headers is the place that answers. Ending the signal ends the stream, also of a model that
 * does not look at its signal.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type CallFacts, factsOf, ignoredIn } from './call-facts.ts'

export interface OpenStream {
  /** What was known when the first output came. */
  readonly facts: CallFacts
  /**
   * The next part from the first output on, undefined at the end. Throws what the stream throws, and the signal's reason
   * once it is aborted. One call at a time.
   */
  next(): Promise<LanguageModelV4StreamPart | undefined>
  /** Ends the stream; nothing happens when it has ended. */
  cancel(reason?: unknown): void
}

/** What is known of a stream also when opening it fails. */
export interface StreamRecord {
  facts: CallFacts
  /** Of a stream that was cancelled: resolves when the model has ended its work, and written the receipt. */
  ended?: Promise<void>
}

/** Parts with which the answer begins, or ends without having begun. */
const OUTPUT: ReadonlySet<LanguageModelV4StreamPart['type']> = new Set([
  'text-delta',
  'reasoning-delta',
  'tool-input-start',
  'tool-call',
  'finish',
])

/** @throws what the model throws, or sends as an error, before its first output; the signal's reason */
export async function openStream(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
  record: StreamRecord = { facts: {} },
): Promise<OpenStream> {
  const { stream } = await model.doStream(options)
  const reader = stream.getReader()
  const cancel = (reason?: unknown): void => {
    signal.removeEventListener('abort', stop)
    record.ended ??= reader.cancel(reason).catch(() => {})
  }
  const stop = (): void => cancel(signal.reason)
  signal.addEventListener('abort', stop, { once: true })

  const read = async (): Promise<LanguageModelV4StreamPart | undefined> => {
    if (signal.aborted) {
      stop()
      throw signal.reason
    }
    const { value, done } = await reader.read()
    if (signal.aborted) throw signal.reason
    if (done) signal.removeEventListener('abort', stop)
    return value
  }

  let first: LanguageModelV4StreamPart | undefined
  try {
    for (;;) {
      first = await read()
      if (first === undefined) break
      record.facts = { ...record.facts, ...earlyFacts(first) }
      if (first.type === 'error') throw first.error
      if (OUTPUT.has(first.type)) break
    }
  } catch (error) {
    cancel(error)
    throw error
  }
  return {
    facts: record.facts,
    cancel,
    next() {
      if (first === undefined) return read()
      const part = first
      first = undefined
      return Promise.resolve(part)
    },
  }
}

function earlyFacts(part: LanguageModelV4StreamPart): CallFacts {
  if (part.type === 'stream-start') return ignoredIn(part.warnings)
  if (part.type === 'response-metadata')
    return {
      ...(part.id === undefined ? {} : { receipt: part.id }),
      ...(part.modelId === undefined ? {} : { model: part.modelId }),
    }
  return 'providerMetadata' in part ? factsOf(part.providerMetadata) : {}
}
