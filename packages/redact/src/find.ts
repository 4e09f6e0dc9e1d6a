/** All rules at once. They know what proves itself by form, checksum or the words around it; names are a model's part. */
import { assignment } from './rules/assignment.ts'
import { birthDate } from './rules/birth.ts'
import { card } from './rules/card.ts'
import { command } from './rules/command.ts'
import { email } from './rules/email.ts'
import { randomString } from './rules/entropy.ts'
import { iban } from './rules/iban.ts'
import { ipv4, ipv6 } from './rules/ip.ts'
import { apiKey, authorization, cookieValue, privateKey } from './rules/keys.ts'
import { mac } from './rules/mac.ts'
import { number } from './rules/numbers.ts'
import { phone } from './rules/phone.ts'
import { urlSecret } from './rules/url.ts'
import { wallet } from './rules/wallet.ts'
import { combine, overlapping, type Rule, type Span, settle } from './span.ts'
import { type View, views } from './view.ts'

/** What proves itself. Of two at the same place the first one names it. */
const sure: readonly Rule[] = [
  privateKey,
  urlSecret,
  apiKey,
  authorization,
  cookieValue,
  email,
  ipv4,
  ipv6,
  mac,
  card,
  iban,
  number,
  birthDate,
  wallet,
]
/** What is a guess by form: it gives way to what proves itself. */
const guessed: readonly Rule[] = [phone, assignment, command, randomString]

/** Spans of all rules in order of place, without overlaps, in the text and in what it says when its escapes are undone. Linear. */
export function findIdentifiers(text: string): Span[] {
  return settle(text, [...encoded(text), ...views(text).flatMap(spansIn)])
}

function spansIn({ text, source }: View): Span[] {
  const proven = settle(
    text,
    sure.flatMap((rule) => rule(text)),
  )
  const others = guessed.flatMap((rule) => rule(text)).filter((span) => !isSplit(text, span, proven))
  return combine(text, proven, others).map(({ type, start, end }) => ({ type, ...source(start, end) }))
}

/** Whether a national phone number was read into digits that are something else. */
function isSplit(text: string, span: Span, proven: readonly Span[]): boolean {
  return span.type === 'PHONE_NUMBER' && text[span.start] !== '+' && overlapping(span, proven).length > 0
}

const base64 = /(?<![\w+/=-])[\w+/-]{16,}={0,2}(?![\w+/=-])/g

/** Base64 of a text that has an identifier in it: the whole run. What is encoded twice is not looked into. */
function encoded(text: string): Span[] {
  return [...text.matchAll(base64)].flatMap((match) => {
    // Numbers and words are no base64 of anything that matters, and most long runs are one.
    const inside = /^(?:\d+|[a-z-]+|[A-Z_]+)$/.test(match[0]) ? undefined : decoded(match[0])
    if (inside === undefined || !views(inside).some((view) => spansIn(view).length > 0)) return []
    return [{ type: 'ENCODED', start: match.index, end: match.index + match[0].length }]
  })
}

/** What no text has: control characters other than white space. */
const binary = /(?![\t\n\v\f\r])\p{Cc}/u

/** The text that `run` is base64 or base64url of; undefined when that is none. */
function decoded(run: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(run.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    )
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return binary.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
