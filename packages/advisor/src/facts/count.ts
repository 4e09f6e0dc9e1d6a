/**
 * Parameters counted from a shape. The matrices follow from it; of the small parts (norms, biases) families have different ones, and the
 * shape does not say which, so a count is exact when it is that of one family.
 */
import type { ModelShape } from './types.ts'

export interface Counted {
  readonly parameters: number
  readonly bodyParameters: number
}

type Shape = Pick<
  ModelShape,
  'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headDim' | 'ffn' | 'vocab' | 'tied'
>

/** Norms of a layer (2, or 4 with those behind each part as in Gemma), norms of each head (Qwen3, Gemma 3), biases (Qwen2). */
const families: readonly { readonly norms: number; readonly headNorms: boolean; readonly biases: boolean }[] =
  [
    { norms: 2, headNorms: false, biases: false },
    { norms: 2, headNorms: true, biases: false },
    { norms: 2, headNorms: false, biases: true },
    { norms: 4, headNorms: false, biases: false },
    { norms: 4, headNorms: true, biases: false },
  ]

/** The matrices alone: of the queries, keys, values and outputs, of the three of the feed-forward part, embedding and head. */
export function countMatrices(shape: Shape): Counted {
  const { layers, hidden, heads, kvHeads, headDim, ffn } = shape
  const body = layers * (hidden * headDim * (2 * heads + 2 * kvHeads) + 3 * hidden * ffn)
  return { bodyParameters: body, parameters: body + outerParameters(shape) }
}

/** Everything, for each family that the shape could be of. */
export function countFamilies(shape: Shape): readonly Counted[] {
  const { layers, hidden, heads, kvHeads, headDim } = shape
  const { bodyParameters: matrices } = countMatrices(shape)
  return families.map(({ norms, headNorms, biases }) => {
    const ofLayer =
      norms * hidden + (headNorms ? 2 * headDim : 0) + (biases ? (heads + 2 * kvHeads) * headDim : 0)
    const bodyParameters = matrices + layers * ofLayer + hidden
    return { bodyParameters, parameters: bodyParameters + outerParameters(shape) }
  })
}

/** Whether one family gives both numbers to the last parameter. */
export function countsExactly(model: ModelShape): boolean {
  return countFamilies(model).some(
    (counted) => counted.parameters === model.parameters && counted.bodyParameters === model.bodyParameters,
  )
}

/** Embedding and head: one matrix where they are tied. */
export function outerParameters({ vocab, hidden, tied }: Shape): number {
  return vocab * hidden * (tied ? 1 : 2)
}
