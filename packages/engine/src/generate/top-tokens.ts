/**
 * The most probable tokens of a row of logits, as OpenAI's `top_logprobs` has them. One pass that keeps the best so far: most
 * tokens of a vocabulary are compared once and left.
 */
import { BadOptionError } from '../errors.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Scores } from './speculate.ts'

export interface TopToken {
  readonly id: number
  /** What the token adds to a text, and its bytes, which need not be whole characters; of a control token its name, and no bytes. */
  readonly text: string
  readonly bytes: Uint8Array
  /** Natural logarithm of its probability under the unmodified logits. */
  readonly logprob: number
}

/** Best first, of equal ones the lower id; fewer where the vocabulary has fewer that are not ruled out. */
export type TopTokens = (tokenizer: Tokenizer, scores: Scores) => readonly TopToken[]

/** OpenAI's limit. */
const MOST = 20

/** Throws BadOptionError. */
export function topTokens(count: number): TopTokens {
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST)) {
    throw new BadOptionError(`topLogprobs is ${count}: it must be a whole number from 0 to ${MOST}`)
  }
  return (tokenizer, { logits, row }) =>
    best(logits, count).map((id) => ({
      id,
      text: tokenizer.textOf(id),
      bytes: tokenizer.bytesOf(id),
      logprob: logits[id]! - row.logSum,
    }))
}

/** The ids of the `count` largest logits. */
function best(logits: Float32Array, count: number): number[] {
  const ids: number[] = []
  let least = Number.NEGATIVE_INFINITY
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!
    if (!(logit > least)) continue
    let at = ids.length
    while (at > 0 && logit > logits[ids[at - 1]!]!) at--
    ids.splice(at, 0, id)
    if (ids.length > count) ids.pop()
    if (ids.length === count) least = logits[ids[count - 1]!]!
  }
  return ids
}
