/**
 * What a signal is: a number read off the device's answer, and a bar it must reach. A signal follows the answer part by
 * part; where no way of going on could reach the bar any more it says so, and the answer is stopped early. No evidence
 * (null) does not pass.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Signal } from '@edgewise/evidence'
import type { ResolvedEscalate } from '../policy/index.ts'

/** What was read of an answer when it is judged. */
export interface AnswerSoFar {
  readonly call: LanguageModelV4CallOptions
  readonly parts: readonly LanguageModelV4StreamPart[]
  /** All text so far. */
  readonly text: string
  /** Whether the answer has ended; a policy may have it judged after its first tokens. */
  readonly complete: boolean
  /** What the device reports of the whole answer; null before its end, or when it does not. */
  readonly reportedMeanLogprob: number | null
  /** Tokens of the prompt and of the whole answer as the device counts them; null before its end, or when it does not. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Ends when the call does. */
  readonly signal: AbortSignal
  /** `count` short answers to the same call, drawn with a temperature, as text (tool calls as JSON). */
  sample(count: number): Promise<readonly string[]>
}

/** Follows one answer for one bar. */
export interface Follower {
  readonly name: string
  readonly threshold: number
  readonly certificate: string | null
  /** The value when it is certain that the bar will be missed, else null. */
  part(part: LanguageModelV4StreamPart): number | null
  /** The value, or null when there is no evidence. */
  value(answer: AnswerSoFar): number | null | Promise<number | null>
  /** Whether `value` reaches the bar. */
  passes(value: number): boolean
}

/** A caller's own signal: a number for an answer, or null when it cannot say. Larger is better. */
export type OwnSignal = (
  answer: Pick<AnswerSoFar, 'call' | 'text' | 'parts' | 'signal'>,
) => number | null | Promise<number | null>

export type OwnSignals = { readonly [name: string]: OwnSignal }

/** What a bar is made of: the rule's entry, the most tokens the answer may have (null: unknown), the host's signals. */
export interface FollowerSettings {
  readonly bar: ResolvedEscalate
  readonly call: LanguageModelV4CallOptions
  readonly own: OwnSignals
}

export const atLeast =
  (threshold: number): ((value: number) => boolean) =>
  (value) =>
    value >= threshold

/** The logprob of a token, as device models report it with its text. */
export function tokenLogprob(part: LanguageModelV4StreamPart): number | null {
  return part.type === 'text-delta' ? edgewiseNumber(part, 'logprob') : null
}

/** A number a device reports with a part. */
export function edgewiseNumber(part: LanguageModelV4StreamPart, name: string): number | null {
  const value = 'providerMetadata' in part ? part.providerMetadata?.edgewise?.[name] : undefined
  return typeof value === 'number' && !Number.isNaN(value) ? value : null
}

/** JSON has no infinity, and a receipt is JSON: the largest finite number says the same. */
export function finite(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value))
}

/** The entry of the receipt. `complete`: whether the whole answer was read. */
export function judged(follower: Follower, value: number, complete: boolean): Signal {
  const { name, threshold } = follower
  return { name, value: finite(value), threshold, pass: follower.passes(value), ...earlyUnless(complete) }
}

export const earlyUnless = (complete: boolean): Pick<Signal, 'early'> => (complete ? {} : { early: true })
