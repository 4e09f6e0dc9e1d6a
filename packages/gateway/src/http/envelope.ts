/** What every request and its answer have: an id, the headers of every response, a line in the log. */
import type { HonoRequest } from 'hono'
import { headerSafe } from '../call/call-facts.ts'
import type { ApiKey } from '../keys/api-key.ts'

export function newRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll('-', '')}`
}

/**
 * Headers of every response. Other origins can neither read nor embed it, and no cache keeps an answer.
 * @param chunked whether the client takes a body in chunks. That a stream comes so is said aloud, or the adapter reads ahead to
 * find out whether it has a length, and waits a millisecond for that (@hono/node-server 2.1)
 */
export function finishHeaders(headers: Headers, requestId: string, chunked: boolean): void {
  if (chunked && headers.get('content-type')?.startsWith('text/event-stream'))
    headers.set('transfer-encoding', 'chunked')
  headers.set('x-request-id', requestId)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}

/** Method, path without its query, status, time to the headers in ms, ids: of the request, the receipt, the key. */
export function accessLine(
  request: HonoRequest,
  { headers, status }: Response,
  ms: number,
  requestId: string,
  key: ApiKey | undefined,
): string {
  const call = ['x-edgewise-receipt', 'x-edgewise-place'].map((name) => headers.get(name)).filter(Boolean)
  const caller = key === undefined ? [] : [`key:${key.id}`]
  const path = headerSafe(request.path.slice(0, 200))
  return [request.method, path, status, `${ms.toFixed(1)}ms`, requestId, ...call, ...caller].join(' ')
}
