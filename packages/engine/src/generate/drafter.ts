/**
 * What guesses the tokens to come. A guess costs nothing but time: each of its tokens is checked by the model that is asked,
 * and a wrong one is never given out. Two are here: lookup.ts and draft-model.ts.
 */
import type { Turn } from './turns.ts'

export interface Draft {
  /** Ids of the vocabulary of the model that is asked, the next token first; none where there is no idea. */
  readonly ids: readonly number[]
  /**
   * Of a copy of earlier text: how many tokens before it are the same at both places. The longer, the more it is trusted.
   * Of anything else: not given.
   */
  readonly matched?: number
}

export interface Drafter {
  /**
   * At most `most` tokens that may follow `text`, all tokens so far; more are cut off. `text` grows from call to call in one
   * generation and holds what became of the last draft; do not keep or change it. Await `turn` in long work.
   */
  propose(text: readonly number[], most: number, turn: Turn): Draft | Promise<Draft>
}
