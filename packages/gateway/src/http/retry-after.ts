/** How long whoever refused a call wants to be left alone, as the error or one of its causes tells it. */
import { APICallError } from '@ai-sdk/provider'

/** An error, its cause and the cause of that: the router wraps once. */
const DEPTH = 3

/** Milliseconds, or null when nobody said. */
export function retryAfterOf(error: unknown): number | null {
  let current: unknown = error
  for (let depth = 0; depth < DEPTH && current instanceof Error; depth++) {
    const ms = 'retryAfterMs' in current ? Number(current.retryAfterMs) : fromHeaders(current)
    if (Number.isFinite(ms) && ms >= 0) return ms
    current = current.cause
  }
  return null
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3); NaN where there is none. */
function fromHeaders(error: Error): number {
  const headers = APICallError.isInstance(error) ? error.responseHeaders : undefined
  if (headers?.['retry-after-ms'] !== undefined) return Number(headers['retry-after-ms'])
  const after = headers?.['retry-after']
  if (after === undefined) return Number.NaN
  const seconds = Number(after)
  return Number.isNaN(seconds) ? Math.max(0, Date.parse(after) - Date.now()) : seconds * 1000
}
