/** What a refusal asks to be waited for: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
import { APICallError } from '@ai-sdk/provider'

/** Milliseconds; null where nothing is asked, or nothing that can be read. */
export function retryAfterMs(error: unknown): number | null {
  const headers = APICallError.isInstance(error) ? error.responseHeaders : undefined
  return (
    numberIn(headers?.['retry-after-ms'], 1) ??
    numberIn(headers?.['retry-after'], 1000) ??
    untilDate(headers?.['retry-after'])
  )
}

function numberIn(text: string | undefined, unitMs: number): number | null {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return null
  return Number(text) * unitMs
}

function untilDate(text: string | undefined): number | null {
  const wait = Date.parse(text ?? '') - Date.now()
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}
