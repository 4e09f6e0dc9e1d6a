/**
 * An answer of the cloud with a limit on its size, so that no server can fill the memory of this host: a body that goes on past
 * it is cut off with an error.
 */
import { AnswerTooLargeError } from '../errors.ts'

/** Bytes of one response. The longest answers of large models are below 1 MB with all the frames around their tokens. */
export const MOST_ANSWER_BYTES: number = 32 * 1024 * 1024

export function limitAnswer(response: Response): Response {
  const { body, status, statusText, headers } = response
  if (body === null || isShort(headers)) return response
  const reader = body.getReader()
  let bytes = 0
  const limited = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        bytes += value.length
        if (bytes <= MOST_ANSWER_BYTES) return controller.enqueue(value)
        const error = new AnswerTooLargeError(MOST_ANSWER_BYTES)
        reader.cancel(error).catch(() => {})
        controller.error(error)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(limited, { status, statusText, headers })
}

/** A length that was told is held to; what is packed may become more. */
function isShort(headers: Headers): boolean {
  const length = headers.get('content-length')
  return length !== null && Number(length) <= MOST_ANSWER_BYTES && !headers.has('content-encoding')
}
