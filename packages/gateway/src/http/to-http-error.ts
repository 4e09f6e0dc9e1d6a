/**
 * Anything thrown -> an HTTP status, OpenAI's error body and headers. Pure; the one place where codes become statuses.
 * An error without a code of this project is unexpected: its message may quote the prompt, so the answer holds the
 * request id alone.
 */
import { APICallError } from '@ai-sdk/provider'
import { type ErrorStatus, GatewayError } from './gateway-error.ts'

export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: 'invalid_request_error' | 'server_error'
    readonly code: string
    readonly param: string | null
  }
}

export interface HttpError {
  readonly status: ErrorStatus
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>
  /** True when nobody foresaw it: the host logs where it came from. */
  readonly unexpected: boolean
}

/** Codes of the router and the engine that are not a plain 500. */
const STATUS: Readonly<Record<string, ErrorStatus>> = {
  context_length_exceeded: 400,
  unknown_task: 400,
  bad_option: 400,
  bad_constraint: 400,
  unsupported_constraint: 400,
  constraint_too_large: 400,
  cloud_broken: 502,
  cloud_failed: 502,
  no_answer: 502,
  stalled: 502,
  incomplete_answer: 502,
  cloud_unavailable: 503,
  cloud_not_configured: 503,
  device_unavailable: 503,
  out_of_memory: 503,
}

/** Codes after which the same request may well succeed. After any other, a client's own retry only burns the device. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'cloud_unavailable',
  'cloud_broken',
  'cloud_failed',
  'no_answer',
  'stalled',
  'incomplete_answer',
  'server_closing',
])

/**
 * @param error what was thrown; any value
 * @param requestId the id of the `x-request-id` header, named in the body of an unexpected error
 */
export function toHttpError(error: unknown, requestId: string): HttpError {
  const { status, code, message, param, retry } = classify(error, requestId)
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  const receiptId = receiptOf(error)
  return {
    status,
    body: { error: { message, type, code, param } },
    headers: {
      ...(retry ? {} : { 'x-should-retry': 'false' }),
      ...(receiptId === undefined ? {} : { 'x-edgewise-receipt': receiptId }),
    },
    unexpected: code === 'internal_error',
  }
}

interface Classified {
  readonly status: ErrorStatus
  readonly code: string
  readonly message: string
  readonly param: string | null
  readonly retry: boolean
}

function classify(error: unknown, requestId: string): Classified {
  if (error instanceof GatewayError) {
    const { status, code, message, param } = error
    return { status, code, message, param, retry: RETRYABLE.has(code) }
  }
  const code = codeOf(error)
  if (code !== undefined && error instanceof Error) {
    const status = STATUS[code] ?? 500
    const retry = RETRYABLE.has(code) && !refusedByCloud(error)
    return { status, code, message: error.message, param: null, retry }
  }
  if (APICallError.isInstance(error)) {
    // Its own message comes from the provider and may quote the prompt or the key.
    const said = error.statusCode === undefined ? 'could not be reached' : `answered ${error.statusCode}`
    const message = `the cloud model ${said}: check its key and address, or run the task on the device`
    return { status: 502, code: 'cloud_error', message, param: null, retry: error.isRetryable }
  }
  const message = `something unexpected went wrong: report request ${requestId}`
  return { status: 500, code: 'internal_error', message, param: null, retry: false }
}

/** The cloud looked at the request and said no (a wrong key, a bad model name): it will say so again. */
function refusedByCloud(error: Error): boolean {
  if (!('status' in error) || typeof error.status !== 'number') return false
  return error.status >= 400 && error.status < 500 && ![408, 409, 429].includes(error.status)
}

/** This project's codes are lower_snake; Node's are upper case and a DOMException's are numbers. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[a-z][a-z0-9_]*$/.test(error.code) ? error.code : undefined
}

/** Receipt ids are plain visible ASCII; anything else would not survive as a header. */
function receiptOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('receiptId' in error) || typeof error.receiptId !== 'string')
    return undefined
  return /^[\x21-\x7e]+$/.test(error.receiptId) ? error.receiptId : undefined
}
