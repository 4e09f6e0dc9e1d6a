/** All rules at once. They know only what proves itself by form or checksum; names and places are the model's part. */
import { email, ipv4, ipv6, url } from './net.ts'
import { card, iban, phone, usSsn } from './numbers.ts'
import { type Rule, type Span, settle } from './span.ts'

/** Of two at the same place the first one names it: a path with an @ in it is a URL. */
const rules: readonly Rule[] = [url, email, ipv4, ipv6, card, iban, usSsn, phone]

/** Spans of all rules in order of place, without overlaps. Linear in the text. */
export function ruleSpans(text: string): Span[] {
  return settle(
    text,
    rules.flatMap((rule) => rule(text)),
  )
}
