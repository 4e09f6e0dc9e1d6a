/**
 * The report of a distillation, as data: five rows on the same held-out gold items, what each cost, what was left out on the way, what the gate
 * said, and one honest sentence. What nobody knows is null with a reason beside it; nothing is left out because it looks bad.
 */
import type { Estimate } from '@edgewise/evidence'
import type { FilterStep } from '../data/filter.ts'
import type { TeacherTerms } from '../data/terms.ts'
import type { Paired } from './paired.ts'

/**
 * - `teacher`: the model whose answers were learned.
 * - `student`: as it will run, quantised.
 * - `twin`: the student's base, size, steps and seed without a teacher: it had gold or seed labels alone.
 * - `linear`: a linear head on the same teacher answers.
 * - `majority`: the most frequent answer, always.
 */
export type RowName = 'teacher' | 'student' | 'twin' | 'linear' | 'majority'

export interface Row {
  readonly who: RowName
  readonly model: string
  /** What it learned from, for people. */
  readonly learned: string
  readonly right: number
  readonly of: number
  /** Share right, 95 % (Clopper and Pearson); null where it could not be measured. */
  readonly accuracy: Estimate | null
  /** Why it could not; null where it was. */
  readonly missing: string | null
  /** US dollars paid to others for what it learned from; null where nobody knows. */
  readonly usd: number | null
  /** Trained on, epochs counted; null for what is not trained on tokens here. */
  readonly tokens: number | null
  /** 6 x parameters x tokens (Kaplan 2020); null as `tokens`. */
  readonly flops: number | null
  readonly seconds: number | null
  readonly bytes: number | null
  /** Milliseconds to an answer on this machine, half are faster; null where it was not timed. */
  readonly medianMs: number | null
}

/** One size of student that was tried. */
export interface SizeTried {
  readonly name: string
  readonly layers: number
  readonly parameters: number
  /**
   * Share of held-back texts that it answers as the teacher did: what the size was chosen by, as the test set must not be. null where one size was
   * tried, and nothing held back.
   */
  readonly agrees: number | null
  /** Mean over the last tenth of the steps. */
  readonly loss: number
  readonly chosen: boolean
}

/** What was held against what. */
export interface Condition {
  readonly name: string
  readonly passed: boolean
  readonly why: string
}

/** Of the student. */
export interface Gate {
  readonly passed: boolean
  readonly conditions: readonly Condition[]
}

export interface DistilReport {
  readonly format: 'edgewise.distilled/1'
  readonly task: string
  /** ISO 8601. */
  readonly at: string
  readonly seed: number
  readonly teacher: { readonly name: string; readonly terms: TeacherTerms }
  readonly data: {
    readonly answers: number
    readonly steps: readonly FilterStep[]
    readonly train: number
    /** Held back to choose a size by; 0 where there is one. */
    readonly held: number
    /** Of a split by time: later texts of users who are learned from, which are neither learned nor held back. */
    readonly left: number
    /** Texts longer than the student's context. */
    readonly tooLong: number
    readonly split: 'user' | 'time'
    readonly seeds: number
    readonly test: number
    /** Test items with the text of another: each counts as one more, and tells nothing more. */
    readonly testRepeats: number
    /** null: any text. */
    readonly labels: number | null
  }
  readonly rows: readonly Row[]
  readonly sizes: readonly SizeTried[]
  readonly student: {
    readonly name: string
    readonly base: string
    readonly parameters: number
    readonly quantisation: string
    /** Share right before it was quantised, and what quantising changed. */
    readonly unquantised: number
    readonly quantising: Paired
  }
  /** null where the other was not measured. */
  readonly versus: {
    readonly linear: Paired | null
    readonly teacher: Paired | null
    readonly twin: Paired | null
  }
  readonly scratch: FromScratch
  readonly gate: Gate
  /** Whether the linear head could stand in for the teacher; null without one, or where the teacher was not measured. */
  readonly linearGate: Condition | null
  /** What may be registered: the student, or the linear head where no LLM is needed; null: neither comes near enough to the teacher. */
  readonly ships: 'student' | 'linear' | null
  readonly verdict: Verdict
}

/** What the student's training took beside training a model of its size from nothing, in FLOPs. */
export interface FromScratch {
  readonly distilled: number
  /** 6 N D with 20 tokens a parameter (Hoffmann 2022). */
  readonly scratch: number
  readonly ratio: number
}

export interface Verdict {
  /**
   * - `student`: it beats the linear head and passes the gate.
   * - `no-llm`: it does not beat the linear head: no LLM is needed.
   * - `not-yet`: it beats the linear head, but the gate refuses it.
   * - `no-linear`: there is no linear head to hold it against (answers are any text), and the gate passes.
   */
  readonly code: 'student' | 'no-llm' | 'not-yet' | 'no-linear'
  readonly sentence: string
}
