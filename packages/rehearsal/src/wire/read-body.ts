/** The body of a request, bounded. */
import type { IncomingMessage } from 'node:http'

/** Bytes: more than any context of text. */
const BODY_LIMIT = 32 * 1024 * 1024

/** The bytes, or null when there are more than the limit; the rest is not read then. Throws when the client leaves. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_LIMIT) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
