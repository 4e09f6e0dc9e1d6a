/**
 * What the router says about a call (`providerMetadata.edgewise`) and how it goes into HTTP headers. Early parts of a
 * stream know a little, the receipt at the end knows all; unknown facts are absent, never 0.
 */
import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'

export interface CallFacts {
  readonly receipt?: string
  readonly place?: string
  readonly task?: string
  readonly model?: string
  readonly why?: string
  readonly costUsd?: number
  readonly avoidedUsd?: number
  readonly bytesOut?: number
  readonly totalMs?: number
  /** What the task's own code made of the answer, any JSON. */
  readonly data?: unknown
}

/** The facts in a part's metadata. A receipt's `id` is the fact `receipt`. */
export function factsOf(metadata: SharedV4ProviderMetadata | undefined): CallFacts {
  const edgewise = metadata?.edgewise
  if (edgewise === undefined) return {}
  const facts: Record<string, unknown> = {}
  for (const name of ['place', 'task', 'model', 'why'])
    if (typeof edgewise[name] === 'string') facts[name] = edgewise[name]
  for (const name of ['costUsd', 'avoidedUsd', 'bytesOut', 'totalMs'])
    if (typeof edgewise[name] === 'number') facts[name] = edgewise[name]
  if (typeof edgewise.id === 'string') facts.receipt = edgewise.id
  if (edgewise.data !== undefined) facts.data = edgewise.data
  return facts
}

/** `x-edgewise-*` headers. Money is in US dollars, `ms` in milliseconds, `bytes-out` in bytes. */
export function toHeaders(facts: CallFacts): Record<string, string> {
  const values = {
    receipt: facts.receipt,
    place: facts.place,
    task: facts.task,
    model: facts.model,
    why: facts.why,
    'cost-usd': facts.costUsd,
    'avoided-usd': facts.avoidedUsd,
    'bytes-out': facts.bytesOut,
    ms: facts.totalMs === undefined ? undefined : Math.round(facts.totalMs * 10) / 10,
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) headers[`x-edgewise-${name}`] = headerSafe(String(value))
  return headers
}

/** Clients refuse more than about 16 KB of headers in all. */
const HEADER_LIMIT = 1000

/** Printable ASCII; every other UTF-16 unit becomes `\uXXXX`, so no value can break a header or start a new one. */
export function headerSafe(text: string): string {
  const toEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return text.slice(0, HEADER_LIMIT).replace(/[^\x20-\x7e]/g, toEscape)
}
