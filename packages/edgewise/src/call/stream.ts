/** The parts of a call as a stream, on demand. A reader that cancels, or an abort while nobody reads, ends the work. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

type Part = LanguageModelV4StreamPart
type Parts = AsyncGenerator<Part, void, void>

export interface StreamedCall {
  readonly signal: AbortSignal
  /** Gives the call up. */
  abort(reason: unknown): void
  /** Stops listening to the caller's signal. */
  forget(): void
}

/** `first`: what the first `next` of `parts` gave. */
export function streamOf(
  call: StreamedCall,
  parts: Parts,
  first: IteratorResult<Part, void>,
): ReadableStream<Part> {
  let next: IteratorResult<Part, void> | null = first
  const end = () => {
    call.forget()
    return parts.return()
  }
  return new ReadableStream<Part>(
    {
      start(controller) {
        // The reader hears of the abort when the receipt is written, not before.
        const fail = () => controller.error(call.signal.reason)
        call.signal.addEventListener('abort', () => void end().then(fail, fail))
      },
      async pull(controller) {
        try {
          const { done, value } = next ?? (await parts.next())
          next = null
          if (!done) return controller.enqueue(value)
          call.forget()
          controller.close()
        } catch (error) {
          call.forget()
          controller.error(error)
        }
      },
      async cancel(reason) {
        call.abort(reason ?? new DOMException('the reader cancelled the stream', 'AbortError'))
        await end().catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}
