/**
 * A JSON value against a schema, and what is wrong with it in OpenAI's words: one sentence, and the place in the body as
 * `param`. Messages come from the schemas and name no content.
 */
import type * as z from 'zod'
import { invalidRequest } from './gateway-error.ts'

/** @throws GatewayError `invalid_request`, its `param` is where the body breaks the schema */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const { path, message } = deepest(parsed.error.issues)
  const param = toParam(path)
  throw invalidRequest(param === '' ? `the body: ${message}` : `${param}: ${message}`, param || null)
}

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** The first issue; inside a union, that of the branch which got furthest: it is the one the caller meant. */
function deepest(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[] = []): Fault {
  const issue = issues[0]!
  const path = [...base, ...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])]
  const branches = issue.code === 'invalid_union' ? issue.errors : []
  const faults = branches.filter((branch) => branch.length > 0).map((branch) => deepest(branch, path))
  return faults.reduce<Fault>((best, fault) => (fault.path.length > best.path.length ? fault : best), {
    path,
    message: issue.message,
  })
}

/** `['messages', 0, 'role']` -> `messages[0].role`, as OpenAI writes it. */
function toParam(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.join('').replace(/^\./, '')
}
