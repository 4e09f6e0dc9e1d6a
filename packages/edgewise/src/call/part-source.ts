/** Where an attempt reads the parts of an answer from: one at a time, until there are none. Lighter than a stream. */
import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider'

type Part = LanguageModelV4StreamPart

export interface PartSource {
  /** The next part; undefined at the end, and after a cancel. */
  read(): Promise<Part | undefined>
  cancel(reason: unknown): Promise<void>
}

export function streamSource(stream: ReadableStream<Part>): PartSource {
  const reader = stream.getReader()
  return {
    read: async () => (await reader.read()).value,
    cancel: (reason) => reader.cancel(reason),
  }
}

/** The same as a stream, for whoever wants one. */
export function sourceStream(source: PartSource): ReadableStream<Part> {
  return new ReadableStream<Part>(
    {
      async pull(controller) {
        const part = await source.read()
        if (part === undefined) controller.close()
        else controller.enqueue(part)
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** A whole answer as the parts it would have been streamed in: one delta a block. */
export function wholeParts({
  content,
  warnings,
  usage,
  finishReason,
  providerMetadata,
}: LanguageModelV4GenerateResult): Part[] {
  const parts: Part[] = [{ type: 'stream-start', warnings }]
  content.forEach((item, index) => {
    if (item.type !== 'text' && item.type !== 'reasoning') {
      parts.push(item)
      return
    }
    const { type, text, providerMetadata } = item
    const id = String(index)
    parts.push(
      { type: `${type}-start`, id, ...(providerMetadata === undefined ? {} : { providerMetadata }) },
      { type: `${type}-delta`, id, delta: text },
      { type: `${type}-end`, id },
    )
  })
  parts.push({
    type: 'finish',
    usage,
    finishReason,
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
  })
  return parts
}
