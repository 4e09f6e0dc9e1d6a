/**
 * What a verdict is made of, in words, one way each. Predicted values are rounded as their intervals deserve: shares to whole per cents,
 * dollars from a hundred on to whole ones. What is not finite is called unknown.
 */
import { count, milliseconds, range, UNKNOWN } from '@edgewise/evidence'
import type { Answer } from '../decide/types.ts'
import { isLeast, money } from '../decide/words.ts'
import type { Predicted } from '../predict/types.ts'

export const answerTitles: { readonly [answer in Answer]: string } = {
  'on-device': 'On-device',
  hybrid: 'Hybrid',
  cloud: 'Cloud',
  'no-llm': 'No LLM needed',
  none: 'Nothing that is allowed',
  uncertain: 'Uncertain',
}

/** `87 %`; what is not all or nothing is never written as 100 or 0. */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return UNKNOWN
  if (share > 0 && share < 0.005) return 'under 1 %'
  if (share < 1 && share >= 0.995) return 'over 99 %'
  return `${Math.round(share * 100)} %`
}

/** `98.9 %`. */
export const percentText = (share: number): string =>
  Number.isFinite(share) ? `${Number((share * 100).toFixed(1))} %` : UNKNOWN

export function usd(value: number): string {
  return Number.isFinite(value) ? money(value) : UNKNOWN
}

export const ms = (value: number): string => (Number.isFinite(value) ? milliseconds(value) : UNKNOWN)

/** `1.24 GB`, `310 MB`: of 1e9 and 1e6 bytes. */
export function gigabytes(size: number): string {
  if (!Number.isFinite(size)) return UNKNOWN
  return size < 999.5e6
    ? `${(size / 1e6).toPrecision(3).replace(/\.0+$/, '')} MB`
    : `${(size / 1e9).toPrecision(3)} GB`
}

/** Tokens a second. */
export const tps = (value: number): string =>
  Number.isFinite(value) ? (value < 9.95 ? value.toFixed(1) : count(value)) : UNKNOWN

export const whole = (value: number): string => (Number.isFinite(value) ? count(value) : UNKNOWN)

/** `28 ms (20 to 40 ms)`; a value alone where its interval has no extent. */
export function within({ value, low, high }: Predicted, format: (value: number) => string): string {
  const [text, from, to] = [value, low, high].map(format) as [string, string, string]
  return from === to || from === UNKNOWN || to === UNKNOWN ? text : `${text} (${range(from, to)})`
}

/** A share of the cloud's quality: `92 % (85 to 99 %)`, or what is kept at least. */
export const keptText = (kept: Predicted): string =>
  isLeast(kept) ? `${shareText(kept.value)} or more` : within(kept, shareText)

/** `on-device`, `no LLM needed`: in the midst of a sentence. */
export const lowerTitle = (answer: Answer): string =>
  `${answerTitles[answer][0]!.toLowerCase()}${answerTitles[answer].slice(1)}`

/** To three digits, thousands apart: 9,600,000. */
export const rounded = (value: number): string => whole(Number(value.toPrecision(3)))

/** With a capital letter and a full stop. */
export const sentence = (clause: string): string =>
  clause === '' ? '' : `${clause[0]!.toUpperCase()}${clause.slice(1)}${/[.!?]$/.test(clause) ? '' : '.'}`

/** A list in a sentence: `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

/** `the first few, and 12 more`. */
export const firstOf = (items: readonly string[], most: number): string =>
  items.length <= most ? listed(items) : `${items.slice(0, most).join(', ')} and ${items.length - most} more`
