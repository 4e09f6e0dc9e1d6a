/**
 * The body of a request as a JSON value, never more than a limit in memory. Errors name no part of the body: V8's own
 * JSON messages quote it.
 */
import type { BodyShare } from './body-budget.ts'
import { clientGone, GatewayError, invalidRequest } from './gateway-error.ts'

/** Bytes. A context of 128 k tokens is about 0.5 MB of text; a picture in a data URL is a few MB. */
export const DEFAULT_BODY_LIMIT: number = 16 * 1024 * 1024

/** Bytes. A body that is said to be this short counts as that long before it comes: it is read without pieces, which is faster. */
const SHORT = 64 * 1024

/** Arrays and objects in one another. Whoever goes through JSON calls itself a level, and a stack ends at some thousand. */
const MAX_DEPTH = 256

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * @param limit in bytes
 * @param share of the memory for bodies; its owner gives it back
 * @throws GatewayError `body_too_large` (413), `invalid_request`, `overloaded`, `aborted` when the client left
 */
export async function readJson(request: Request, limit: number, share: BodyShare): Promise<unknown> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (length > limit) throw tooLarge(limit)
  const bytes = await readBytes(request, length, limit, share)
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch {
    throw invalidRequest(`the body of ${bytes.length} bytes is not JSON in UTF-8`)
  }
  if (isDeeper(value, MAX_DEPTH))
    throw invalidRequest(`the body is nested deeper than ${MAX_DEPTH} levels: send a flatter one`)
  return value
}

async function readBytes(
  request: Request,
  length: number,
  limit: number,
  share: BodyShare,
): Promise<Uint8Array> {
  try {
    // HTTP holds a body to the length it tells.
    if (length <= Math.min(limit, SHORT)) {
      share.take(length)
      return new Uint8Array(await request.arrayBuffer())
    }
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of request.body ?? []) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      share.take(chunk.length)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, size)
  } catch (error) {
    throw error instanceof GatewayError ? error : clientGone()
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const inner of Object.values(value)) if (isDeeper(inner, levels - 1)) return true
  return false
}

function tooLarge(limit: number): GatewayError {
  const message = `the body is over ${limit} bytes: send fewer or shorter messages`
  return new GatewayError(413, 'body_too_large', message)
}
