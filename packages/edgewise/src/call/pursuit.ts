/**
 * An attempt read up to its commit point: the moment it is certain that this answer goes to the caller. Until then its parts
 * are held back, and its bars may reject it, early where no way of going on could reach them. Never rejects: how it ended
 * is its value.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Commit } from '../policy/index.ts'
import { validity } from '../signals/schema.ts'
import type { AnswerSoFar } from '../signals/signal.ts'
import type { Verdict, Watch } from '../signals/watch.ts'
import { isOutput, type OpenAttempt } from './attempt.ts'

type Part = LanguageModelV4StreamPart

export interface PursuitSettings {
  readonly attempt: OpenAttempt
  readonly commit: Commit
  /** The bars; null where nothing is judged. */
  readonly watch: Watch | null
  /** Sees what is not judged, for later evidence. */
  readonly observer: Watch | null
  readonly call: LanguageModelV4CallOptions
  sample(count: number, signal: AbortSignal): Promise<readonly string[]>
}

export type Outcome =
  | { readonly kind: 'committed'; readonly reading: Reading }
  | { readonly kind: 'rejected'; readonly reading: Reading }
  | { readonly kind: 'failed'; readonly attempt: OpenAttempt; readonly error: unknown }

/** What was read of an attempt. */
export interface Reading {
  readonly attempt: OpenAttempt
  readonly parts: readonly Part[]
  /** Whether that is all of its answer. */
  readonly complete: boolean
  /** Of its bars; null where it was not judged. */
  readonly verdict: Verdict | null
}

export async function pursue(settings: PursuitSettings): Promise<Outcome> {
  const { attempt, commit, watch, observer } = settings
  const parts: Part[] = []
  let tokens = 0
  try {
    for (;;) {
      const part = await attempt.next()
      if (part === null) return await settle(settings, parts, true)
      parts.push(part)
      observer?.part(part)
      const early = watch?.part(part)
      if (early) return { kind: 'rejected', reading: { attempt, parts, complete: false, verdict: early } }
      if (part.type === 'text-delta') tokens++
      if (isReached(commit, part, tokens)) return await settle(settings, parts, false)
    }
  } catch (error) {
    return { kind: 'failed', attempt, error }
  }
}

function isReached(commit: Commit, part: Part, tokens: number): boolean {
  if (commit === 'first-output') return isOutput(part)
  return typeof commit === 'object' && tokens >= commit.tokens
}

async function settle(
  settings: PursuitSettings,
  parts: readonly Part[],
  complete: boolean,
): Promise<Outcome> {
  const { attempt, commit, watch, observer, call, sample } = settings
  const text = textOf(parts)
  const judging = (signal: AbortSignal): AnswerSoFar => {
    const { meanLogprob: reportedMeanLogprob, inputTokens, outputTokens } = attempt
    const said = { call, parts, text, complete, reportedMeanLogprob, inputTokens, outputTokens, signal }
    return { ...said, sample: (count) => sample(count, signal) }
  }
  if (commit === 'valid-json' && !isValid({ call, text, parts })) {
    const seen = (watch ?? observer)?.seen(judging(NEVER)) ?? []
    const verdict = { ...INVALID, signals: [...INVALID.signals, ...seen] }
    return { kind: 'rejected', reading: { attempt, parts, complete, verdict } }
  }
  if (watch === null) return { kind: 'committed', reading: { attempt, parts, complete, verdict: null } }
  const verdict = await attempt.judged((signal) => watch.verdict(judging(signal)))
  return { kind: verdict.pass ? 'committed' : 'rejected', reading: { attempt, parts, complete, verdict } }
}

/** A commit point of valid JSON asks for JSON even where the call does not. */
function isValid(answer: {
  call: LanguageModelV4CallOptions
  text: string
  parts: readonly Part[]
}): boolean {
  const { call } = answer
  const asking =
    call.responseFormat?.type === 'json' ? call : { ...call, responseFormat: { type: 'json' as const } }
  return validity({ ...answer, call: asking }) === 1
}

/** Of what is only seen, which waits for nothing. */
const NEVER = new AbortController().signal

const INVALID: Verdict = {
  pass: false,
  signals: [{ name: 'schema', value: 0, threshold: 1, pass: false }],
  certificate: null,
  note: 'its form is not valid',
}

export function textOf(parts: readonly Part[]): string {
  let text = ''
  for (const part of parts) if (part.type === 'text-delta') text += part.delta
  return text
}
