/**
 * `redact`: what proves itself by rule (@edgewise/redact; whole URLs, too), then what the model marks and no rule has taken.
 * Each span is replaced by a placeholder, the same value by the same one, so that an answer can be put back together.
 */
import { combine, findIdentifiers, findUrls, type Span, settle } from '@edgewise/redact'
import { type Reader, read } from './reading.ts'
import type { Tally } from './score.ts'
import { decodeSpans } from './spans.ts'

export type RedactedSpan = Span & { readonly placeholder: string }

export interface RedactAnswer {
  readonly text: string
  readonly spans: readonly RedactedSpan[]
}

export async function redact(
  reader: Reader,
  text: string,
  decisions: Tally,
  careful = false,
): Promise<RedactAnswer> {
  const found = await marked(reader, text, decisions, careful ? carefulCost : 0)
  return replaceSpans(text, withRules(text, found))
}

/**
 * What standing outside of a span loses where a name that stays visible is worse than a word hidden too many: before a call leaves.
 * Chosen on the dev items (evaluate/thresholds.ts): 93 % of the words of names there are hidden, and 12 % of the others. The card has the held-back ones.
 */
export const carefulCost = 5

/** What the model marks, rules aside. Above 0, `noneCost` makes it mark more than is probable. */
export async function marked(reader: Reader, text: string, decisions: Tally, noneCost = 0): Promise<Span[]> {
  const { piiTypes } = reader.protocol
  const units = reader.protocol.units(text)
  const reading = await read(reader, 'redact', units, { each: piiTypes.ids })
  const spans = decodeSpans(units, reading, piiTypes, decisions, { noneCost })
  return spans.map((span) => bare(text, span)).filter(({ start, end }) => start < end)
}

/** Without the marks before and after, which are of the sentence and no value's; a full stop may be ("Inc."). */
function bare(text: string, { type, start, end }: Span): Span {
  while (start < end && /[\s,;:!?]/.test(text[start]!)) start++
  while (end > start && /[\s,;:!?]/.test(text[end - 1]!)) end--
  return { type, start, end }
}

/** What the rules find, in order and without overlaps. Here a URL is hidden whole: nobody has to work with the text. */
export function ruleSpans(text: string): Span[] {
  return settle(text, [...findUrls(text), ...findIdentifiers(text)])
}

/**
 * The rules' spans, and the model's that may be what they are called. Where both overlap, the rule's stays whole and of the
 * model's what lies outside it: nothing the model marked stays visible because a rule found something too.
 */
export function withRules(text: string, marked: readonly Span[]): Span[] {
  const sure = ruleSpans(text)
  const possible = marked.filter(({ type, start, end }) => shapes[type]?.test(text.slice(start, end)) ?? true)
  return combine(text, sure, possible)
}

/** What a value of a type cannot be without. */
const shapes: Readonly<Record<string, RegExp>> = {
  EMAIL_ADDRESS: /@/,
  URL: /\w[.:/]\w?/,
  CREDIT_CARD: /\d/,
  IBAN_CODE: /\d/,
  IP_ADDRESS: /[.:]/,
  PHONE_NUMBER: /\d/,
  US_SSN: /\d/,
  US_DRIVER_LICENSE: /\d/,
}

/** `spans`: in order, without overlaps. A placeholder the text already contains is never given out. */
export function replaceSpans(text: string, spans: readonly Span[]): RedactAnswer {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  const nameFor = (type: string, value: string) => {
    const key = `${type} ${value}`
    const known = names.get(key)
    if (known) return known
    let name: string
    do {
      counts.set(type, (counts.get(type) ?? 0) + 1)
      name = `[${type}_${counts.get(type)}]`
    } while (text.includes(name))
    names.set(key, name)
    return name
  }
  let out = ''
  let at = 0
  const replaced = spans.map((span) => {
    const placeholder = nameFor(span.type, text.slice(span.start, span.end))
    out += text.slice(at, span.start) + placeholder
    at = span.end
    return { ...span, placeholder }
  })
  return { text: out + text.slice(at), spans: replaced }
}
