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
  /** How often it happened before it was taken as final. */
  tries = 1
  constructor(
    message: string,
    options: ErrorOptions & { status?: number; askedMs?: number | undefined } = {},
  ) {
    super(message, options)
    this.status = options.status
    this.askedMs = options.askedMs
  }

  /** What happened and what to do, for people. */
  advice(): string {
    const tried = `${this.message}; tried ${this.tries} times`
    if (this.status === undefined) return `cannot be reached (${tried}): check the connection and try again`
    const later = this.askedMs === undefined ? 'later' : `in ${Math.ceil(this.askedMs / 1000)} s`
    return `${tried}: try again ${later}`
  }
}

/**
 * Calls `attempt` until it throws no PassingFailure, and waits before each new try; one that `progressed` starts the count
 * anew. Throws the PassingFailure that was one too many, what else `attempt` throws, or the signal's reason.
 */
export async function persist<T>(
  attempt: () => Promise<T>,
  patience: Patience,
  signal: AbortSignal | undefined,
  progressed: () => boolean = () => false,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error
      failures = progressed() ? 1 : failures + 1
      error.tries = failures
      if (failures >= patience.tries || (error.askedMs ?? 0) > LONGEST_WAIT) throw error
      const ms = patience.waitMs * 2 ** (failures - 1) * (0.75 + Math.random() / 2)
      await wait(error.askedMs ?? ms, signal)
    }
  }
}

/** Throws PassingFailure when the answer is that of a server that is busy or broken for now. */
export function checkServer({ status, headers }: Response): void {
  if (status !== 429 && status !== 408 && status !== 425 && status < 500) return
  throw new PassingFailure(`the server answered ${status}`, {
    status,
    askedMs: retryAfter(headers.get('retry-after')),
  })
}

/** What fetch and its streams throw when a connection fails, in browsers and in Node, as a PassingFailure; else undefined. */
export function connectionFailure(error: unknown): PassingFailure | undefined {
  if (!(error instanceof TypeError)) return undefined
  const { cause, message } = error
  const why = cause instanceof Error ? `${message}: ${cause.message || String(cause)}` : message
  return new PassingFailure(why, { cause: error })
}

/** The header Retry-After in ms: seconds, or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** Throws the signal's reason as soon as it aborts. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
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
