/**
 * A call of a device model as a stream of parts. Decoding does not wait for the reader, so that a slow one holds no turn;
 * giving up, by the call's signal or by cancelling the stream, ends the decoding or the wait for a turn.
 */
import type { LanguageModelV4StreamPart, SharedV4Warning } from '@ai-sdk/provider'
import type { Turns } from './turns.ts'

type Part = LanguageModelV4StreamPart

export interface PartCall {
  readonly abortSignal?: AbortSignal | undefined
  readonly warnings: readonly SharedV4Warning[]
  /** Called when it is the call's turn, which ends with the last part. */
  parts(signal: AbortSignal): AsyncIterable<Part>
}

/** Throws the signal's reason when it has ended before. What goes wrong later errors the stream. */
export function partStream(turns: Turns, { abortSignal, warnings, parts }: PartCall): ReadableStream<Part> {
  abortSignal?.throwIfAborted()
  const stopped = new AbortController()
  const signal = abortSignal ? AbortSignal.any([abortSignal, stopped.signal]) : stopped.signal
  const decode = async (controller: ReadableStreamDefaultController<Part>): Promise<void> => {
    const release = await turns.take(signal).catch((error: unknown) => controller.error(error))
    if (!release) return
    try {
      for await (const part of parts(signal)) controller.enqueue(part)
      controller.close()
    } catch (error) {
      controller.error(error)
    } finally {
      release()
    }
  }
  return new ReadableStream<Part>({
    start(controller) {
      controller.enqueue({ type: 'stream-start', warnings: [...warnings] })
      // Not awaited: a stream cannot be read before its start has ended. It never rejects.
      void decode(controller)
    },
    cancel(reason) {
      stopped.abort(reason)
    },
  })
}
