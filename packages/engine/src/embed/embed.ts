/**
 * Texts to vectors by a model that was made to generate: its last states, normalised as before the head, pooled and brought to
 * length 1, as llama.cpp's `--pooling mean` and `last` have it. The head is not multiplied. How well such vectors tell what texts
 * mean is the model's affair.
 */
import { BadOptionError, NumericError } from '../errors.ts'
import { turns } from '../generate/turns.ts'
import type { Model } from '../model/model.ts'

/** `mean` of all tokens' states, or the `last` token's, which has seen all others. */
export type Pooling = 'mean' | 'last'

export interface EmbedOptions {
  /** `mean` when not given. */
  readonly pooling?: Pooling
  /** Aborting makes the next step throw the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * A vector [dim] of length 1 for each of `inputs`, in their order: a text, with the tokens that the file asks for around it and no
 * control token read in it, or tokens as they are. Gives way to the host's events about every 10 ms.
 * Throws BadOptionError (no token, an unknown id), ContextLengthError, OutOfMemoryError, DisposedError, NumericError or the
 * signal's reason.
 */
export async function embed(
  model: Model,
  inputs: readonly (string | readonly number[])[],
  { pooling = 'mean', signal }: EmbedOptions = {},
): Promise<Float32Array[]> {
  if (pooling !== 'mean' && pooling !== 'last') {
    throw new BadOptionError(`pooling is ${pooling}: it must be mean or last`)
  }
  const turn = turns(signal)
  const { dim } = model.config
  const vectors: Float32Array[] = []
  using session = model.session()
  for (const input of inputs) {
    await turn()
    const tokens = typeof input === 'string' ? model.tokenizer.encodePrompt(input, asText) : input
    session.rewind(0)
    const sum = new Float64Array(dim)
    await session.states(tokens, pooling === 'mean' ? 0 : tokens.length - 1, turn, (states) => {
      for (let i = 0; i < states.length; i++) sum[i % dim]! += states[i]!
    })
    vectors.push(unit(sum))
  }
  return vectors
}

const asText = { special: false, literal: true }

/** The mean has the direction of the sum. */
function unit(sum: Float64Array): Float32Array {
  const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0))
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
    throw new NumericError('the states hold NaN or infinity, or nothing but 0: the weights may be damaged')
  }
  return Float32Array.from(sum, (value) => value / length)
}
