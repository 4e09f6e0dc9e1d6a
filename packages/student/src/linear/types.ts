/** A linear head: n-grams of a text, hashed, times one matrix. Often all a task needs, and the row to beat in every table. */
import type { Example } from '../data/example.ts'

/** What a head learns from; `id` and `row` are what errors name, the place in the list where there is neither. */
export type LinearExample = Pick<Example, 'text' | 'target'> & Partial<Pick<Example, 'id' | 'row'>>

export interface LinearAnswer {
  readonly label: string
  /** Calibrated probability of the label among the labels, 0 to 1. */
  readonly probability: number
  /**
   * How far the text lies outside of what was trained, 0 (inside) to 1: the share of training texts, seen by a head that had not learned
   * them, that lie less far outside. A bar of 0.95 turns away about one in twenty such texts; choose it on held-out ones.
   */
  readonly outOfScope: number
}

export interface LinearHead {
  /** In alphabetical order, the label for texts out of scope among them, if there is one. */
  readonly labels: readonly string[]
  /** The label whose texts are out of scope; null: none was trained, and `outOfScope` rests on what is familiar alone. */
  readonly outOfScopeLabel: string | null
  classify(text: string): LinearAnswer
  /** Calibrated probabilities [labels], which sum to 1. */
  probabilities(text: string): Float32Array
  /** The file: a few hundred kilobytes; `readLinear` opens it. */
  bytes(): Uint8Array
}

export interface LinearOptions {
  /** The labels there are; an example with another one is refused. Default: those of the examples. */
  readonly labels?: readonly string[]
  /** The label of examples that are out of scope: an answer as any other, and what `outOfScope` is learned from. */
  readonly outOfScopeLabel?: string
  /** Default 1. The same examples and seed give the same file. */
  readonly seed?: number
  readonly signal?: AbortSignal
}
