/**
 * A call as it may leave: identifiers and names as placeholders, everything else as it was. Fails closed: what cannot be looked
 * into, a finder that fails and spans that are none end the call with a typed error before anything is sent.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import {
  combine,
  findIdentifiers,
  findInField,
  type NameFinder,
  type Span,
  type Vault,
} from '@edgewise/redact'
import { RedactionError } from './errors.ts'
import { knownNames, namesIn } from './names-in.ts'
import { type StructuredSettings, structuredVisit } from './structured.ts'
import { type Kind, mapCall, type Visit } from './walk.ts'

interface RedactSettings {
  /** Of the conversation: `Vaults.of(conversation, user)`. */
  readonly vault: Vault
  /** null: rules alone. */
  readonly names: NameFinder | null
  readonly privacy: 'redacted' | 'structured-only'
  /** The policy's own: under `structured-only` the one system text that may leave, redacted. */
  readonly instructions?: string | null
  readonly signal?: AbortSignal
}

interface RedactedCall {
  readonly call: LanguageModelV4CallOptions
  /** Placeholders put in, by type. */
  readonly counts: Readonly<Record<string, number>>
}

/** Throws RedactionError, and the signal's reason. */
export async function redactCall(
  call: LanguageModelV4CallOptions,
  { vault, names, privacy, instructions = null, signal }: RedactSettings,
): Promise<RedactedCall> {
  signal?.throwIfAborted()
  try {
    const texts = new Map<string, boolean>()
    const gather: Visit = (text, kind) => {
      texts.set(text, (texts.get(text) ?? false) || isRead(kind, text))
      return text
    }
    const mode = { privacy, instructions }
    mapCall(call, withMode(mode, { visit: gather, see: gather, spansOf: () => [], hide: (_, text) => text }))
    for (const text of texts.keys()) vault.reserve(text)
    const read = [...texts].flatMap(([text, wanted]) => (wanted ? [text] : []))
    const named = names === null ? new Map<string, readonly Span[]>() : await namesIn(read, names, signal)
    const known = knownNames(named)

    const counts: Record<string, number> = {}
    const count = (type: string, by = 1) => {
      counts[type] = (counts[type] ?? 0) + by
    }
    const spansOf = (text: string, kind: Kind, key?: string): Span[] => {
      const sure = key === undefined ? findIdentifiers(text) : findInField(key, text)
      const kept = opaque.has(kind) ? sure.filter(({ type }) => type !== 'SECRET') : sure
      return combine(text, kept, [...(isRead(kind, text) ? (named.get(text) ?? []) : []), ...known(text)])
    }
    const put: Visit = (text, kind, key) => {
      const spans = spansOf(text, kind, key)
      if (kind === 'handle') {
        if (spans.length === 0 && vault.valueOf(text) === undefined) return text
        count('TEXT')
        return vault.placeholder('TEXT', text).slice(1, -1)
      }
      if (kind === 'number') {
        const [first] = spans
        if (first === undefined) return text
        count(first.type)
        return vault.placeholder(first.type, text)
      }
      const redacted = vault.redact(text, spans)
      for (const [type, by] of Object.entries(redacted.counts)) count(type, by)
      return redacted.text
    }
    const hide = (type: string, text: string) => {
      count(type)
      return vault.placeholder(type, text)
    }
    return { call: mapCall(call, withMode(mode, { visit: put, see: () => {}, spansOf, hide })), counts }
  } catch (error) {
    if (error instanceof RedactionError || signal?.aborted) throw error
    throw new RedactionError(
      'redaction_failed',
      `what the call says could not be redacted (${error instanceof Error ? error.name : typeof error}), so it was not sent: ` +
        'let the task run on the device, or mend what failed',
      { cause: error },
    )
  }
}

/** Kinds whose long random strings are somebody else's state: ids of calls, signatures of reasoning, encrypted content. */
const opaque: ReadonlySet<Kind> = new Set(['handle', 'setting', 'structure', 'name'])
/** A word of a program: `celsius`, `user_id`, `maxItems`, `UNIT_C`. */
export const isConstant = (text: string): boolean =>
  /^(?:[a-z][a-zA-Z0-9_.-]{0,39}|[A-Z][A-Z0-9_]{0,39})$/.test(text)

/** Whether names are looked for: in all that is said, and in words that no programmer chose. */
function isRead(kind: Kind, text: string): boolean {
  if (kind === 'number' || kind === 'handle' || kind === 'structure') return false
  if (!/\p{L}{2}/u.test(text)) return false
  return (kind !== 'key' && kind !== 'name' && kind !== 'setting') || !isConstant(text)
}

function withMode(
  {
    privacy,
    instructions,
  }: { readonly privacy: RedactSettings['privacy']; readonly instructions: string | null },
  parts: Omit<StructuredSettings, 'instructions'>,
): Visit {
  return privacy === 'redacted' ? parts.visit : structuredVisit({ ...parts, instructions })
}
