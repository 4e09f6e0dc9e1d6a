/**
 * The body of a request as a JSON value, never more than a limit in memory. Errors name no part of the body: V8's own
 * JSON messages quote it.
 */
import { clientGone, GatewayError, invalidRequest } from './gateway-error.ts'

/** Bytes. A context of 128 k tokens is about 0.5 MB of text; a picture in a data URL is a few MB. */
export const DEFAULT_BODY_LIMIT: number = 16 * 1024 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * @param limit in bytes
 * @throws GatewayError `body_too_large` (413) or `invalid_request`, `aborted` when the client left
 */
export async function readJson(request: Request, limit: number = DEFAULT_BODY_LIMIT): Promise<unknown> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (length > limit) throw tooLarge(limit)
  const bytes = await readBytes(request, length, limit)
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw invalidRequest(`the body of ${bytes.length} bytes is not JSON in UTF-8`)
  }
}

async function readBytes(request: Request, length: number, limit: number): Promise<Uint8Array> {
  try {
    // HTTP holds a body to the length it tells, so one within the limit may be read at once.
    if (length <= limit) return new Uint8Array(await request.arrayBuffer())
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of request.body ?? []) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, size)
  } catch (error) {
    throw error instanceof GatewayError ? error : clientGone()
  }
}

function tooLarge(limit: number): GatewayError {
  const message = `the body is over ${limit} bytes: send fewer or shorter messages`
  return new GatewayError(413, 'body_too_large', message)
}
