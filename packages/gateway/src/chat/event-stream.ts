/**
 * Server-sent events the way OpenAI's clients read them: `data: <json>` frames and a closing `data: [DONE]`. An error
 * becomes an `{error}` frame and there is no [DONE] after it, so that no client takes a cut text for a whole one.
 * The next frame is made when the socket has room; how far a place works ahead of a slow reader is its own affair.
 */

export interface EventStreamHooks {
  /** The JSON of the last frame. Not called when the reader is gone. */
  readonly onError: (error: unknown) => unknown
  /** The reader is gone. */
  readonly onCancel: () => void
}

export function eventStream(
  events: AsyncGenerator<unknown, void, undefined>,
  hooks: EventStreamHooks,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const frame = (data: string): Uint8Array<ArrayBuffer> => encoder.encode(`data: ${data}\n\n`)
  let gone = false

  /** The frames of one step, and whether they are the last. */
  const step = async (): Promise<{ data: string; last: boolean }> => {
    try {
      const { value, done } = await events.next()
      return done ? { data: '[DONE]', last: true } : { data: JSON.stringify(value), last: false }
    } catch (error) {
      return { data: gone ? '' : JSON.stringify(hooks.onError(error)), last: true }
    }
  }

  return new ReadableStream({
    async pull(controller) {
      const { data, last } = await step()
      if (gone) return
      controller.enqueue(frame(data))
      if (last) controller.close()
    },
    cancel() {
      gone = true
      hooks.onCancel()
    },
  })
}
