/** Faults that come instead of an answer, whatever was asked. */
import type { Fault } from '../script/faults.ts'
import { wait } from './pace.ts'
import type { Reply } from './reply.ts'

const CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  403: 'forbidden',
  404: 'not_found',
  408: 'request_timeout',
  429: 'rate_limit_exceeded',
  503: 'overloaded',
}

const PAGE = '<!doctype html><title>Rehearsal</title><p>This is a web page, not an answer.</p>'

/** Whether the response is over with it. `slow-headers` alone goes on to the answer. */
export async function playEarlyFault(reply: Reply, fault: Fault | undefined): Promise<boolean> {
  switch (fault?.kind) {
    case 'status': {
      const { status, retryAfterSeconds } = fault
      const headers: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
      if (status < 400) headers.location = 'http://127.0.0.1:1/elsewhere'
      const code = CODES[status] ?? (status < 500 ? 'invalid_request' : 'server_error')
      reply.error(status, code, `a rehearsed fault: HTTP ${status}`, headers)
      return true
    }
    case 'html':
      reply.start(200, { 'content-type': 'text/html' })
      reply.end(PAGE)
      return true
    case 'wrong-json':
      reply.json(200, { answer: 'this is JSON of another protocol' })
      return true
    case 'reset-before-headers':
      reply.reset()
      return true
    case 'slow-headers':
      await wait(fault.ms, reply.signal)
      return false
    default:
      return false
  }
}
