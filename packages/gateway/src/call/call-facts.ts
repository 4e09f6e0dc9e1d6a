/**
 * What the router says about a call (`providerMetadata.edgewise`) and how it goes into HTTP headers. Early parts of a
 * stream know a little, the receipt at the end knows all; unknown facts are absent, never 0.
 */
import type { SharedV4ProviderMetadata, SharedV4Warning } from '@ai-sdk/provider'
import { present } from './json.ts'

export interface CallFacts {
  readonly receipt?: string
  readonly place?: string
  readonly task?: string
  readonly model?: string
  readonly why?: string
  readonly costUsd?: number
  readonly avoidedUsd?: number
  readonly bytesOut?: number
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly inputTokens?: number
  readonly cachedTokens?: number
  readonly outputTokens?: number
  /** Whether the ledger acknowledged the receipt. */
  readonly recorded?: boolean
  /** The cloud was a rehearsal. */
  readonly rehearsal?: boolean
  /** What of the request the answering place does not do: `image`, `seed`. */
  readonly ignored?: readonly string[]
  /** What the task's own code made of the answer, any JSON. */
  readonly data?: unknown
}

const TEXTS = ['place', 'task', 'model', 'why'] as const
const NUMBERS = [
  'costUsd',
  'avoidedUsd',
  'bytesOut',
  'firstTokenMs',
  'totalMs',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
] as const
const FLAGS = ['recorded', 'rehearsal'] as const

/** The facts in a part's metadata. */
export function factsOf(metadata: SharedV4ProviderMetadata | undefined): CallFacts {
  const edgewise = metadata?.edgewise
  return edgewise === undefined ? {} : factsOfReceipt(edgewise)
}

/** The facts in a receipt, or in the part of one that is known. Its `id` is the fact `receipt`. */
export function factsOfReceipt(receipt: Readonly<Record<string, unknown>>): CallFacts {
  const facts: Record<string, unknown> = {}
  for (const name of TEXTS) if (typeof receipt[name] === 'string') facts[name] = receipt[name]
  for (const name of NUMBERS) if (typeof receipt[name] === 'number') facts[name] = receipt[name]
  for (const name of FLAGS) if (typeof receipt[name] === 'boolean') facts[name] = receipt[name]
  if (typeof receipt.id === 'string') facts.receipt = receipt.id
  if (receipt.data !== undefined) facts.data = receipt.data
  return facts
}

/** A model that leaves something out says so in a warning; a caller over HTTP must not be told less. */
export function ignoredIn(warnings: readonly SharedV4Warning[]): CallFacts {
  const ignored = warnings.flatMap((warning) => (warning.type === 'unsupported' ? [warning.feature] : []))
  return ignored.length === 0 ? {} : { ignored }
}

/** The facts of a call of which the gateway itself left something out. */
export function withIgnored(facts: CallFacts, ignored: readonly string[]): CallFacts {
  return ignored.length === 0 ? facts : { ...facts, ignored: [...ignored, ...(facts.ignored ?? [])] }
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
    ignored: facts.ignored?.join(', '),
    // A receipt's flag is a word in a header; absent where the cloud is real.
    rehearsal: facts.rehearsal ? 1 : undefined,
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) headers[`x-edgewise-${name}`] = headerSafe(String(value))
  return headers
}

/**
 * An extra field of this gateway's answers: the receipt of the call, what of the request was ignored, and what the task's own
 * code made of the answer.
 */
export type EdgewiseField = Pick<CallFacts, 'receipt' | 'ignored' | 'data'>

export function toField({ receipt, ignored, data }: CallFacts): EdgewiseField {
  return present({ receipt, ignored, data })
}

/** Clients refuse more than about 16 KB of headers in all. */
const HEADER_LIMIT = 1000

/** Printable ASCII; every other UTF-16 unit becomes `\uXXXX`, so no value can break a header or start a new one. */
export function headerSafe(text: string): string {
  const toEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return text.slice(0, HEADER_LIMIT).replace(/[^\x20-\x7e]/g, toEscape)
}
