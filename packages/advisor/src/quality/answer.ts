/** What is known of one answer to one example: its text, its grade, and what the model and its receipt say of it. Plain data. */
import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider'
import { NOTHING_KNOWN, type Outcome, type Receipt } from '@edgewise/evidence'
import type { Grade } from './graders/grader.ts'

export interface GradedAnswer {
  /** The candidate: a model's id, `cloud`, `linear`. */
  readonly who: string
  /** As the model calls itself, which is what traces and certificates know it by. */
  readonly model: string
  /** Of the example. */
  readonly id: string
  /** SHA-256 of the call: an answer is taken again only for the same one. */
  readonly call: string
  /** The grader's `key`. */
  readonly grader: string
  readonly text: string
  readonly grade: Grade
  /** A call that gave no answer: the error's code, or its name; null for an answer. */
  readonly failed: string | null
  /** Its score is the grade's. */
  readonly outcome: Omit<Outcome, 'score'>
}

const { score: _, ...rest } = NOTHING_KNOWN

/** Of an answer of which nothing is known but its grade. */
export const NO_OUTCOME: Omit<Outcome, 'score'> = rest

export const textOf = ({ content }: Pick<LanguageModelV4GenerateResult, 'content'>): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('')

/**
 * What the result says of itself. A router's is read off its receipt, as the call would be on the ledger; a device model's says its
 * mean log-probability; of any other the tokens are known. `ms`: by the clock of whoever asked.
 */
export function outcomeOf(result: LanguageModelV4GenerateResult, ms: number): Omit<Outcome, 'score'> {
  const told: Partial<Receipt> & { readonly meanLogprob?: unknown } = result.providerMetadata?.edgewise ?? {}
  const { signals = [], costUsd, setup } = told
  const named: Record<string, number> = {}
  for (const { name, value, early } of signals) if (!early && Number.isFinite(value)) named[name] = value
  if (typeof told.meanLogprob === 'number' && Number.isFinite(told.meanLogprob))
    named.meanLogprob = told.meanLogprob
  return {
    signals: named,
    inputTokens: count(result.usage.inputTokens.total),
    outputTokens: count(result.usage.outputTokens.total),
    costUsd: told.place === 'cloud' ? (costUsd ?? null) : null,
    latencyMs: ms,
    quantisation: setup?.quantisation ?? null,
    template: setup?.template ?? null,
  }
}

const count = (tokens: number | undefined): number | null =>
  tokens !== undefined && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null
