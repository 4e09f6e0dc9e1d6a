/**
 * Anything thrown -> an HTTP status, OpenAI's error body and headers. Pure; the one place where codes become statuses.
 * Callers read the messages of the codes listed here and of errors with a receipt, which are written for them. What is wrong
 * with this server's own files and settings (a policy, a ledger) names paths and tasks, and an error without a code of this
 * project may quote the prompt: then the answer holds the request's id, and the rest is for the log.
 */
import { APICallError } from '@ai-sdk/provider'
import { type ErrorStatus, GatewayError } from './gateway-error.ts'
import { retryAfterOf } from './retry-after.ts'
import { originOf } from './unexpected.ts'

export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: 'invalid_request_error' | 'authentication_error' | 'rate_limit_error' | 'server_error'
    readonly code: string
    readonly param: string | null
  }
}

export interface HttpError {
  readonly status: ErrorStatus
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>
  /** What the answer does not say and whoever runs the server has to know, on one line; null when nothing. */
  readonly forLog: string | null
}

/** Codes of the router, the devices and the engine that are not a plain 500. */
const STATUS: Readonly<Record<string, ErrorStatus>> = {
  context_length_exceeded: 400,
  bad_option: 400,
  bad_constraint: 400,
  unsupported_constraint: 400,
  constraint_too_large: 400,
  cannot_redact: 400,
  free_text_stays: 403,
  privacy_forbids: 403,
  unknown_task: 404,
  budget_exceeded: 429,
  aborted: 499,
  answer_rejected: 502,
  answer_too_large: 502,
  cloud_broken: 502,
  cloud_failed: 502,
  incomplete_answer: 502,
  no_answer: 502,
  redaction_failed: 502,
  server_malformed: 502,
  server_refused: 502,
  server_too_large: 502,
  breaker_open: 503,
  cloud_not_configured: 503,
  cloud_unavailable: 503,
  device_unavailable: 503,
  offline: 503,
  out_of_memory: 503,
  prompt_api_unavailable: 503,
  server_not_ready: 503,
  server_unreachable: 503,
  deadline_exceeded: 504,
  stalled: 504,
}

/** Codes of this server's own files, whose messages name no prompt. */
const OF_THE_SERVER = /^(bad_policy|bad_keys|ledger_[a-z_]+|receipt_exists|receipt_unknown|content_exists)$/

/** Codes after which the same request may well succeed. After any other, a client's own retry only burns the device. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'breaker_open',
  'cloud_broken',
  'cloud_failed',
  'cloud_unavailable',
  'deadline_exceeded',
  'incomplete_answer',
  'no_answer',
  'offline',
  'overloaded',
  'rate_limited',
  'server_closing',
  'server_not_ready',
  'server_unreachable',
  'stalled',
])

/**
 * @param error what was thrown; any value
 * @param requestId the id of the `x-request-id` header, named in the body of an unexpected error
 */
export function toHttpError(error: unknown, requestId: string): HttpError {
  const { status, code, message, param, retry, retryAfterMs, headers, forLog } = classify(error, requestId)
  const receiptId = receiptOf(error)
  return {
    status,
    body: { error: { message, type: typeOf(status), code, param } },
    headers: {
      ...headers,
      ...(retry ? {} : { 'x-should-retry': 'false' }),
      // Whole seconds, rounded up: a client that waits less is refused again.
      ...(retry && retryAfterMs !== null ? { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } : {}),
      ...(receiptId === undefined ? {} : { 'x-edgewise-receipt': receiptId }),
    },
    forLog: forLog ?? null,
  }
}

function typeOf(status: ErrorStatus): ErrorBody['error']['type'] {
  if (status === 401) return 'authentication_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

interface Classified {
  readonly status: ErrorStatus
  readonly code: string
  readonly message: string
  readonly param: string | null
  readonly retry: boolean
  readonly retryAfterMs: number | null
  readonly headers?: Readonly<Record<string, string>>
  readonly forLog?: string
}

function classify(error: unknown, requestId: string): Classified {
  if (error instanceof GatewayError) {
    const { status, code, message, param, retryAfterMs, headers } = error
    return { status, code, message, param, retry: RETRYABLE.has(code), retryAfterMs, headers }
  }
  const code = codeOf(error)
  if (code !== undefined && error instanceof Error) {
    const known = Object.hasOwn(STATUS, code) ? STATUS[code] : undefined
    if (OF_THE_SERVER.test(code) || (known === undefined && receiptOf(error) === undefined))
      return untold(error, code, requestId)
    const busy = code === 'cloud_failed' && statusOf(error) === 429
    const status = busy ? 429 : (known ?? 500)
    const retry = RETRYABLE.has(code) && !refusedByCloud(error)
    return { status, code, message: error.message, param: null, retry, retryAfterMs: retryAfterOf(error) }
  }
  if (APICallError.isInstance(error)) {
    // Its own message comes from the provider and may quote the prompt or the key.
    const said = error.statusCode === undefined ? 'could not be reached' : `answered ${error.statusCode}`
    const message = `the cloud model ${said}: check its key and address, or run the task on the device`
    const retry = error.isRetryable
    return {
      status: 502,
      code: 'cloud_error',
      message,
      param: null,
      retry,
      retryAfterMs: retryAfterOf(error),
    }
  }
  return untold(error, 'internal_error', requestId)
}

function untold(error: unknown, code: string, requestId: string): Classified {
  const ofServer = error instanceof Error && OF_THE_SERVER.test(code)
  const message = ofServer
    ? `this server's own files or settings cannot be used: report request ${requestId} to whoever runs it`
    : `something unexpected went wrong: report request ${requestId}`
  const forLog = ofServer ? error.message.replace(/\s+/g, ' ') : originOf(error)
  return { status: 500, code, message, param: null, retry: false, retryAfterMs: null, forLog }
}

/** The cloud looked at the request and said no (a wrong key, a bad model name): it will say so again. */
function refusedByCloud(error: Error): boolean {
  const status = statusOf(error)
  return status !== undefined && status >= 400 && status < 500 && ![408, 409, 429].includes(status)
}

/** The HTTP status a cloud answered with, where the error tells it. */
function statusOf(error: Error): number | undefined {
  return 'status' in error && typeof error.status === 'number' ? error.status : undefined
}

/** This project's codes are lower_snake; Node's are upper case and a DOMException's are numbers. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[a-z][a-z0-9_]*$/.test(error.code) ? error.code : undefined
}

/** The receipt of the call that failed. Ids are plain visible ASCII; anything else would not survive as a header. */
export function receiptOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('receiptId' in error) || typeof error.receiptId !== 'string')
    return undefined
  return /^[\x21-\x7e]+$/.test(error.receiptId) ? error.receiptId : undefined
}
