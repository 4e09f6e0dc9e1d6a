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

export interface CallStream {
  readonly stream: ReadableStream<Part>
  /** Reads the parts to their end although nobody asks for them, so that the call is settled; they wait for a reader. */
  finish(): void
}

/** `first`: what the first `next` of `parts` gave. */
export function streamOf(call: StreamedCall, parts: Parts, first: IteratorResult<Part, void>): CallStream {
  const ready: Promise<IteratorResult<Part, void>>[] = [Promise.resolve(first)]
  const end = () => {
    call.forget()
    return parts.return()
  }
  const stream = new ReadableStream<Part>(
    {
      start(controller) {
        // The reader hears of the abort when the receipt is written, not before.
        const fail = () => controller.error(call.signal.reason)
        const onAbort = () => void end().then(fail, fail)
        call.signal.addEventListener('abort', onAbort)
        // The signal may have ended since the first part came.
        if (call.signal.aborted) onAbort()
      },
      async pull(controller) {
        try {
          const { done, value } = await (ready.shift() ?? parts.next())
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
  const finish = async (): Promise<void> => {
    try {
      for (let done: boolean | undefined = false; !done; ) {
        const step = parts.next()
        ready.push(step)
        done = (await step).done
      }
    } catch {
      // The reader gets it.
    }
    call.forget()
  }
  return { stream, finish: () => void finish() }
}
