/**
 * Opens a model's stream and waits for its first output, so that an error before it still gets an HTTP status, and so
 * that the place in the headers is the place that answers. Ending the signal ends the stream, also of a model that
 * does not look at its signal.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type CallFacts, factsOf } from './call-facts.ts'

export interface OpenStream {
  /** What was known when the first output came. */
  readonly facts: CallFacts
  /** From the first output on. Throws the signal's reason once it is aborted. Can be read once. */
  readonly parts: AsyncGenerator<LanguageModelV4StreamPart, void, undefined>
}

/** Parts with which the answer begins, or ends without having begun. */
const OUTPUT: ReadonlySet<LanguageModelV4StreamPart['type']> = new Set([
  'text-delta',
  'tool-input-start',
  'tool-call',
  'finish',
])

/** @throws what the model throws, or sends as an error, before its first output; the signal's reason */
export async function openStream(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
): Promise<OpenStream> {
  const { stream } = await model.doStream(options)
  const parts = readParts(stream, signal)
  let facts: CallFacts = {}
  for (;;) {
    const { value: part, done } = await parts.next()
    if (done) return { facts, parts }
    facts = { ...facts, ...earlyFacts(part) }
    if (part.type === 'error') {
      await parts.return()
      throw part.error
    }
    if (OUTPUT.has(part.type)) return { facts, parts: startingWith(part, parts) }
  }
}

function earlyFacts(part: LanguageModelV4StreamPart): CallFacts {
  if (part.type === 'response-metadata')
    return {
      ...(part.id === undefined ? {} : { receipt: part.id }),
      ...(part.modelId === undefined ? {} : { model: part.modelId }),
    }
  return 'providerMetadata' in part ? factsOf(part.providerMetadata) : {}
}

async function* readParts(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelV4StreamPart, void, undefined> {
  const reader = stream.getReader()
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      signal.throwIfAborted()
      const { value, done } = await reader.read()
      signal.throwIfAborted()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

async function* startingWith<T>(
  first: T,
  rest: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  try {
    yield first
    yield* rest
  } finally {
    // Whoever leaves at the first part has not entered `yield*`, which would have passed the end on.
    await rest.return()
  }
}
