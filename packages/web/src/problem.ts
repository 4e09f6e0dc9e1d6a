/** What is shown when a call fails: what happened, a stable code, and the next step where the page knows one. */

export interface Problem {
  readonly code: string
  readonly message: string
  readonly nextStep: string
}

const nextSteps: Readonly<Record<string, string>> = {
  aborted: 'Run it again when you like.',
  gateway_unreachable: 'Start it with npm start, or run the task in this tab: that needs no server.',
  answer_cut: 'Run it again; the gateway may have been restarted.',
  no_worker: 'Use a current browser with module workers, or send the call through the gateway.',
}

/** A problem with its code. A gateway's message already ends with a next step; the page adds one only for its own codes. */
export function problem(code: string, message: string): Problem {
  return { code, message, nextStep: nextSteps[code] ?? '' }
}

/** A problem out of OpenAI's error shape, `{error: {message, type, code}}`; `status` stands in for a body without one. */
export function problemOfBody(body: unknown, status: number): Problem {
  const error = (body as { error?: { message?: unknown; type?: unknown; code?: unknown } } | null)?.error
  const code = error?.code ?? error?.type
  return problem(
    typeof code === 'string' && code !== '' ? code : `http_${status}`,
    typeof error?.message === 'string' ? error.message : `The gateway answered with status ${status}.`,
  )
}

/** A problem out of anything thrown: an abort, an error with a `code` of its own, or any other error. */
export function problemOf(thrown: unknown): Problem {
  if (!(thrown instanceof Error)) return problem('failed', String(thrown))
  if (thrown.name === 'AbortError') return problem('aborted', 'You stopped this call.')
  const { code } = thrown as { code?: unknown }
  return problem(typeof code === 'string' ? code : 'failed', thrown.message)
}
