/**
 * Compression: words that a local model finds likely anyway are left out of the context of a call, down to a share of its tokens.
 * Context is what select/call-texts.ts says; system messages, assistant turns, tool calls, JSON results and the question stay as they
 * are. Lossy: the caller of this step sees to it that the task is certified for it. A pure step: the call that comes in is not changed.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Prepared } from '@edgewise/evidence'
import { mapTexts } from '../select/call-texts.ts'
import { findQuestion } from '../select/question.ts'
import { compressTexts, type ScoredText } from './compress-texts.ts'
import type { TokenScorer } from './token-scorer.ts'

/** UTF-16 units of context up to which it is worth reading all of it with a model: minutes of a small one's work otherwise. */
export const MOST_CONTEXT = 200_000

export interface CompressOptions {
  /** The share of the context's tokens to keep, above 0 and up to 1. */
  readonly keep: number
  readonly scorer: TokenScorer
  readonly signal?: AbortSignal
}

export interface CompressedCall {
  readonly call: LanguageModelV4CallOptions
  /** Tokens of the context as the local model counts; null where there is no context, or more than MOST_CONTEXT of it. */
  readonly facts: Prepared['compressed']
}

/** Rejects with the scorer's errors and the signal's reason. */
export async function compressCall(
  call: LanguageModelV4CallOptions,
  { keep, scorer, signal }: CompressOptions,
): Promise<CompressedCall> {
  const asked: string[] = []
  mapTexts(call.prompt, (text, kind) => {
    if (kind === 'asked') asked.push(text)
    return text
  })
  const question = findQuestion(asked)
  /** The texts to compress, each with what stays; null for those that stay altogether. */
  const texts: ({ text: string; pins: ScoredText['pins'] } | null)[] = []
  let asks = 0
  mapTexts(call.prompt, (text, kind) => {
    if (kind === 'context') texts.push({ text, pins: [] })
    else if (kind === 'asked') {
      const own = asks++
      const pins = question?.pins.filter((pin) => pin.text === own)
      // A long message without anything that looks like a question may be one from its start to its end.
      texts.push(
        pins === undefined || pins.some((pin) => pin.end - pin.start === text.length) ? null : { text, pins },
      )
    } else texts.push(null)
    return text
  })
  const wanted = texts.filter((text) => text !== null)
  const length = wanted.reduce((sum, { text }) => sum + text.length, 0)
  if (length === 0 || length > MOST_CONTEXT) return { call, facts: null }

  const scored: ScoredText[] = []
  for (const { text, pins } of wanted) scored.push({ text, pins, tokens: await scorer.tokens(text, signal) })
  const { texts: short, tokens, keptTokens } = compressTexts(scored, keep)
  let visited = 0
  let replaced = 0
  const prompt = mapTexts(call.prompt, (text) => (texts[visited++] === null ? text : short[replaced++]!))
  return { call: prompt === call.prompt ? call : { ...call, prompt }, facts: { tokens, keptTokens } }
}
