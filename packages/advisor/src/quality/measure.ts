/**
 * Question one: does the task fit a small model? The team's examples are put to each candidate, one candidate after the other, and graded.
 * What comes out is, for each, the share it got right with an interval, and how it compares with the cloud on the same examples.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { AdvisorError } from '../errors.ts'
import type { GradedAnswer } from './answer.ts'
import { askCandidate } from './ask-candidate.ts'
import { askLinear } from './ask-linear.ts'
import { type CandidateQuality, compared } from './compare.ts'
import type { Example } from './example.ts'
import { type Grader, mustBeGradable } from './graders/grader.ts'

export interface Candidate {
  /** A model's id as the facts have it where it is known there; `cloud` for the cloud; `linear` with the model of that name. */
  readonly who: string
  /** Retries are the model's own matter: a router's, a provider's. */
  readonly model: LanguageModelV4 | 'linear'
  /** Calls at a time. Default 1: on a device, calls beside each other would take each other's time. */
  readonly atOnce?: number
}

export interface Progress {
  readonly who: string
  readonly done: number
  readonly of: number
}

export interface QualityOptions {
  /** A system message for examples that have none; null for none. Default: the grader's. */
  readonly instructions?: string | null
  /** Told to device models and routers as `providerOptions.edgewise.task`. */
  readonly task?: string
  readonly settings?: Pick<
    LanguageModelV4CallOptions,
    'maxOutputTokens' | 'temperature' | 'topP' | 'topK' | 'seed' | 'stopSequences' | 'reasoning'
  >
  /** Answers of an earlier run: what is the same is not asked again. */
  readonly kept?: readonly GradedAnswer[]
  /** Each answer that was not kept as it is, once it is graded; waited for, so it can be written down. */
  readonly onAnswer?: (answer: GradedAnswer) => void | Promise<void>
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/**
 * Throws AdvisorError `examples_invalid` for examples that the grader cannot grade or no classifier can be trained on, `grader_invalid`,
 * the signal's reason, what a judge throws, and what a model throws five times in a row.
 */
export async function measureQuality(
  examples: readonly Example[],
  candidates: readonly Candidate[],
  grader: Grader,
  options: QualityOptions = {},
): Promise<readonly CandidateQuality[]> {
  const answers: GradedAnswer[][] = []
  mustDiffer(candidates)
  for (const candidate of candidates)
    answers.push([...(await answersOf(examples, candidate, grader, options))])
  return compared(answers)
}

/** What one candidate answers: for who opens them one after the other. Throws as `measureQuality`. */
export async function answersOf(
  examples: readonly Example[],
  { who, model, atOnce = 1 }: Candidate,
  grader: Grader,
  options: QualityOptions = {},
): Promise<readonly GradedAnswer[]> {
  mustBeGradable(examples, grader)
  if (model === 'linear') return await askLinear(examples, grader, options)
  return await askCandidate(examples, { who, model, atOnce }, grader, options)
}

function mustDiffer(candidates: readonly Candidate[]): void {
  const seen = new Set<string>()
  for (const { who } of candidates) {
    if (seen.has(who))
      throw new AdvisorError(
        'use_case_invalid',
        `two candidates are called ${JSON.stringify(who)}: give each a name of its own`,
      )
    seen.add(who)
  }
}
