/** The exceptions pages know the Prompt API by, and what a model's error is among them. */

export type ExceptionName =
  | 'AbortError'
  | 'InvalidStateError'
  | 'NotReadableError'
  | 'NotSupportedError'
  | 'SyntaxError'
  | 'UnknownError'

export function exception(name: ExceptionName, message: string, cause?: unknown): DOMException {
  return withFacts(new DOMException(message, name), cause === undefined ? {} : { cause })
}

/** With `requested` and `quota`, tokens, as browsers give them. */
export function quotaExceeded(requested: number, quota: number, cause?: unknown): DOMException {
  const message = `the input needs ${requested} tokens, the context window has ${quota}: shorten it`
  return withFacts(new DOMException(message, 'QuotaExceededError'), { requested, quota, cause })
}

const withFacts = (error: DOMException, facts: object): DOMException =>
  Object.defineProperties(
    error,
    Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value, enumerable: true }])),
  )

/** A page sees DOMExceptions alone; the model's error is the `cause`. */
export function toException(error: unknown, contextWindow: number): unknown {
  if (error instanceof DOMException) return error
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (code === 'context_length_exceeded') return quotaExceeded(Number.NaN, contextWindow, error)
  const words = typeof message === 'string' ? message : String(error)
  const isLacking =
    typeof code === 'string' && /^(unsupported|unsupported_constraint|constraint_too_large)$/.test(code)
  return exception(isLacking ? 'NotSupportedError' : 'UnknownError', words, error)
}
