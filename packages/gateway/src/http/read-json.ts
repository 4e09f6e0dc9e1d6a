/**
 * The body of a request as a JSON value, never more than a limit in memory. Errors name no part of the body: V8's own
 * JSON messages quote it.
 */
import { clientGone, GatewayError, invalidRequest } from './gateway-error.ts'

/** Bytes. A context of 128 k tokens is about 0.5 MB of text. */
const BODY_LIMIT = 4 * 1024 * 1024

/** @throws GatewayError `body_too_large` (413) or `invalid_request`, `aborted` when the client left */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_LIMIT) throw tooLarge()
  const bytes = await readBytes(request)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw invalidRequest(`the body of ${bytes.length} bytes is not JSON in UTF-8`)
  }
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length
      if (size > BODY_LIMIT) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof GatewayError ? error : clientGone()
  }
  return Buffer.concat(chunks, size)
}

function tooLarge(): GatewayError {
  const message = `the body is over ${BODY_LIMIT / 1024 / 1024} MB: send fewer or shorter messages`
  return new GatewayError(413, 'body_too_large', message)
}
