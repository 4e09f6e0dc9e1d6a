/**
 * An error the gateway itself answers with: a bad request, an unknown model, a key that is missing. It carries its HTTP
 * status, a stable `code`, and `param`, the place in the request body that is at fault (`messages[0].role`).
 * The message is sent to the caller as it is: it names no prompt text.
 */

/** The statuses the gateway answers errors with. 499 is nginx's "client closed request": nobody reads it but the log. */
export type ErrorStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 408
  | 409
  | 413
  | 415
  | 429
  | 499
  | 500
  | 502
  | 503
  | 504

export interface GatewayErrorOptions {
  /** Milliseconds after which the same request may be taken. */
  readonly retryAfterMs?: number
  /** Headers of the answer, beside those every error has. */
  readonly headers?: Readonly<Record<string, string>>
}

export class GatewayError extends Error {
  readonly status: ErrorStatus
  readonly code: string
  readonly param: string | null
  readonly retryAfterMs: number | null
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: ErrorStatus,
    code: string,
    message: string,
    param: string | null = null,
    { retryAfterMs, headers }: GatewayErrorOptions = {},
  ) {
    super(message)
    this.name = 'GatewayError'
    this.status = status
    this.code = code
    this.param = param
    this.retryAfterMs = retryAfterMs ?? null
    this.headers = headers ?? {}
  }
}

/** The request's body breaks the schema, or asks for something this gateway does not do. Code `invalid_request`. */
export function invalidRequest(message: string, param: string | null = null): GatewayError {
  return new GatewayError(400, 'invalid_request', message, param)
}

/** The client is gone; the answer is for the log alone. Code `aborted`. */
export function clientGone(): GatewayError {
  return new GatewayError(499, 'aborted', 'the client closed the request')
}
