/**
 * When a request is made again and how long is waited before: twice as long each time, with chance in it so that many who
 * failed together do not come back together, or as long as the server asks for.
 */

export interface Patience {
  /** Times a request that brought no bytes is made before its failure is final. */
  readonly tries: number
  /** Wait after the first failure, ms. */
  readonly waitMs: number
  /** A connection that brings nothing for so long is given up, ms. */
  readonly stallMs: number
}

export const defaultPatience: Patience = { tries: 6, waitMs: 500, stallMs: 30_000 }

/** The longest wait a server may ask for, ms: whoever waits longer should be told instead. */
const LONGEST_WAIT = 120_000

/** A failure that may pass: a dropped connection, a busy server. */
export class PassingFailure extends Error {
  readonly status: number | undefined
  /** What the server asks to wait, ms. */
  readonly askedMs: number | undefined
  constructor(
    message: string,
    options: ErrorOptions & { status?: number; askedMs?: number | undefined } = {},
  ) {
    super(message, options)
    this.status = options.status
    this.askedMs = options.askedMs
  }
}

/** Wait before try `failures` + 1, ms; undefined when it is of no use. */
export function waitBefore(
  failures: number,
  failure: PassingFailure,
  patience: Patience,
): number | undefined {
  if (failures >= patience.tries) return undefined
  if (failure.askedMs === undefined) return patience.waitMs * 2 ** (failures - 1) * (0.75 + Math.random() / 2)
  return failure.askedMs <= LONGEST_WAIT ? failure.askedMs : undefined
}

/** The header Retry-After in ms: seconds, or a date. */
export function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** Throws the signal's reason as soon as it aborts. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
