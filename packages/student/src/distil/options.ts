/** What a distillation is told. Every choice that changes a figure stands here, and in the report. */
import type { FileType, Model } from '@edgewise/engine'
import type { TeacherAnswer } from '../data/answer.ts'
import type { Example } from '../data/example.ts'
import type { TeacherTerms } from '../data/terms.ts'
import type { LinearHead } from '../linear/types.ts'
import type { DistilReport } from '../report/types.ts'
import type { TrainingStep } from '../train/types.ts'

/** A student of so many of the base's layers. */
export interface StudentSize {
  readonly name: string
  /** The first so many; all when not given. */
  readonly layers?: number
}

export interface DistilOptions {
  readonly task: string
  /** `general.name` of the student's file. */
  readonly name: string
  readonly teacher: { readonly name: string; readonly terms: TeacherTerms }
  /** What is learned: of one teacher or several, on texts that are not in the test set. */
  readonly answers: readonly TeacherAnswer[]
  /** US dollars of calls that brought no answer. Default: 0. */
  readonly failedUsd?: number
  /** Gold: what everybody is measured with, and nothing is learned of. */
  readonly test: readonly Example[]
  /** The teacher's answers to the test items, by their ids; without them nobody knows how good it is. */
  readonly testAnswers: readonly TeacherAnswer[]
  /** Examples with labels of people that the team has without a teacher: what the twin learns. */
  readonly seeds: readonly Example[]
  /** null: answers are any text, or JSON of `schema`. */
  readonly labels: readonly string[] | null
  /** A JSON Schema, which answers must have to be learned. */
  readonly schema?: object
  /** A GGUF file that the trainer can open. */
  readonly base: Uint8Array
  /** A local teacher of the base's vocabulary, whose probabilities are learned beside its answers; of answers that are any text. */
  readonly logits?: Model
  readonly sizes: readonly StudentSize[]
  readonly split: { readonly by: 'user' | 'time'; readonly share: number }
  /** Share of several answers to one prompt that must agree; similarity from which two texts are one (data/filter.ts). */
  readonly filter: { readonly agreement: number; readonly near: number }
  readonly training: {
    /** When not given, as many as make about 900 steps (fit.ts): few texts are gone through more often. */
    readonly epochs?: number
    /** Of a text's tokens, left out at random each time it is gone through (leave-out.ts); not of answers that are any text. */
    readonly leaveOut: number
    readonly batchTokens: number
    readonly rate: number
    readonly seed: number
    readonly threads?: number
    /** A folder: training goes on from there. */
    readonly checkpoint?: string
  }
  readonly quantise: FileType
  /** How far below its teacher, and below itself before it was quantised, the student may surely lie, as a share of all items. */
  readonly margin: number
  /** ISO 8601. Default: now. */
  readonly at?: string
  readonly on?: DistilEvents
  readonly signal?: AbortSignal
}

/** What is told on the way. */
export interface DistilEvents {
  /** A stage begins: a clause for people. */
  readonly stage?: (what: string) => void
  readonly step?: (step: TrainingStep) => void
  readonly answered?: (done: number, of: number) => void
}

export interface Distilled {
  readonly report: DistilReport
  /** GGUF, quantised: what runs. */
  readonly student: Uint8Array<ArrayBuffer>
  /** null where answers are any text. */
  readonly linear: LinearHead | null
}

/** What is usual for a few thousand short texts and a base of a few million parameters; docs/distillation.md has how it was found. */
export const DISTIL_DEFAULTS: Pick<DistilOptions, 'sizes' | 'split' | 'filter' | 'quantise' | 'margin'> & {
  readonly training: DistilOptions['training']
} = {
  sizes: [{ name: 'all layers' }],
  split: { by: 'user', share: 0.1 },
  filter: { agreement: 0.75, near: 0.85 },
  training: { leaveOut: 0.2, batchTokens: 1024, rate: 1e-3, seed: 1 },
  quantise: 'q8_0',
  margin: 0.05,
}
