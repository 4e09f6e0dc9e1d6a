/** A linear head: n-grams of a text, hashed, times one matrix. Often all a task needs, and the row to beat in every table. */

export interface LinearAnswer {
  readonly label: string
  /** Calibrated probability of the label among the labels, 0 to 1. */
  readonly probability: number
  /** How far the text lies outside of what was trained, 0 (inside) to 1: for a threshold chosen on held-out texts. */
  readonly outOfScope: number
}

export interface LinearHead {
  readonly labels: readonly string[]
  classify(text: string): LinearAnswer
  /** Calibrated probabilities [labels], which sum to 1. */
  probabilities(text: string): Float32Array
  /** The file: a few hundred kilobytes; `readLinear` opens it. */
  bytes(): Uint8Array
}
