/** One thing to learn: what was asked, and the answer to give. Where it came from stays with it, so that a report can say so. */

export interface Example {
  /** The receipt, row or digest it comes from; unique in a set. */
  readonly id: string
  /** What the user asked, in the words the student will see. */
  readonly text: string
  /** The answer to learn: a label, or any text. */
  readonly target: string
  /** `teacher`: a model's answer; `gold`: a person's; `seed`: one of the few examples a team starts with. */
  readonly from: 'teacher' | 'gold' | 'seed'
  /** How likely the teacher thinks each answer, 0 to 1, where it says; they need not sum to 1. */
  readonly probabilities?: { readonly [target: string]: number }
  /** Who asked, as a digest; examples of one user never lie on both sides of a split. */
  readonly user?: string
  /** Milliseconds since 1970. */
  readonly at?: number
  /** Line of the file, from 1: what errors name. */
  readonly row?: number
}

/** How an issue calls an example: `row 17`, or by its id where it is from no file. */
export const placeOf = ({ id, row }: Pick<Example, 'id' | 'row'>): string =>
  row === undefined ? `example ${id.slice(0, 60)}` : `row ${row}`
