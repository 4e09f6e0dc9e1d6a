/**
 * Waiting for work that may never end. The wait ends with the work, the signal or the time, whichever is first; no
 * timer and no listener is left behind, and work that loses can still reject without an unhandled rejection.
 */

/** No output in time, or no end: how long a wait may take. */
export interface TimeLimit {
  readonly ms: number
  /** Makes the error for a wait that took longer. */
  readonly late: () => Error
}

/** The value of `work`. Rejects with its error, with `signal.reason`, or with `limit.late()`. */
export async function within<T>(
  work: PromiseLike<T>,
  signal: AbortSignal,
  limit: TimeLimit | null,
): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  const timer = limit === null ? undefined : setTimeout(() => reject(limit.late()), limit.ms)
  try {
    return await Promise.race([stopped, work])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}
