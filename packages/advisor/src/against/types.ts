/** What a verdict said, beside what the ledger says happened. Plain data. */
import type { Report } from '@edgewise/evidence'
import type { Answer } from '../decide/types.ts'
import type { Predicted } from '../predict/types.ts'
import type { UseCase } from '../use-case/types.ts'

/** A figure of calls that happened, with the 95 % interval of what calls of this kind do; an end that so few calls do not bound is null. */
export interface Happened {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  /** Calls, or answers, it is made of. */
  readonly n: number
}

export interface Statement {
  /** Stable: `in-time`, `device-latency`, `cloud-latency`, `stays`, `escalated`, `cut`, `usd-per-call`, `quality`, `volume`, `prompt-tokens`, `output-tokens`. */
  readonly name: string
  /** What was said, in words with numbers. */
  readonly said: string
  readonly unit: 'share' | 'ms' | 'US dollars' | 'calls a month' | 'tokens'
  readonly predicted: Predicted | null
  /** null: no call says anything of it. */
  readonly happened: Happened | null
  /** null: too few calls to tell. */
  readonly holds: boolean | null
  readonly why: string
  /** Rules of the verdict that rest on it. */
  readonly rules: readonly string[]
}

export interface Comparison {
  readonly task: string
  readonly answer: Answer
  readonly leans: Exclude<Answer, 'uncertain'>
  /** Answered calls of the task, answers that were kept not counted. */
  readonly calls: number
  /** Calls of the task that were looked past: rehearsals, or real ones where rehearsals were asked for. */
  readonly others: { readonly calls: number; readonly are: 'rehearsals' | 'real calls' }
  readonly first: string | null
  readonly last: string | null
  readonly statements: readonly Statement[]
  /** Sentences: what no longer holds. Empty: nothing that was said is contradicted. */
  readonly noLonger: readonly string[]
  /** The use case with what was seen in the place of what was told, and what would be decided of it; null: too few calls. */
  readonly now: {
    readonly useCase: UseCase
    readonly answer: Answer
    readonly leans: Answer
    readonly why: string
  } | null
  /** All figures of the task. */
  readonly report: Report
}
