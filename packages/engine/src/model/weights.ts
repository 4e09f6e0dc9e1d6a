/**
 * The tensors of a model, checked by name and shape and given memory in a backend; model/load.ts fills it.
 * Every tensor of the file must be used: a bias or a table this forward pass would ignore is an error, not a wrong answer.
 */
import type { Floats, Weight } from '../backend/backend.ts'
import { UnsupportedError } from '../errors.ts'
import { badTensor, type Tensor } from '../gguf/tensors.ts'
import { type Allocator, allOrNothing } from './all-or-nothing.ts'
import type { Config } from './config.ts'
import type { Beside, Besides } from './low-rank.ts'

/** out = weight x + bias, and what adapters add */
export interface Projection {
  readonly weight: Weight
  readonly bias?: Floats
  readonly beside?: Beside
}

export interface LayerWeights {
  /** [dim] */
  readonly attentionNorm: Floats
  /** [heads * headDim, dim] */
  readonly query: Projection
  /** [kvHeads * headDim, dim] */
  readonly key: Projection
  /** [kvHeads * headDim, dim] */
  readonly value: Projection
  /** [headDim] each, in families that normalise heads */
  readonly queryNorm?: Floats
  readonly keyNorm?: Floats
  /** [dim, heads * headDim] */
  readonly attentionOut: Projection
  /** [dim], in families that normalise outputs */
  readonly attentionOutNorm?: Floats
  /** [dim] */
  readonly feedForwardNorm: Floats
  /** [hiddenDim, dim] */
  readonly gate: Projection
  /** [hiddenDim, dim] */
  readonly up: Projection
  /** [dim, hiddenDim] */
  readonly down: Projection
  /** [dim], in families that normalise outputs */
  readonly feedForwardOutNorm?: Floats
}

export interface Weights {
  /** [vocab, dim] */
  readonly embedding: Weight
  readonly layers: readonly LayerWeights[]
  /** [dim] */
  readonly norm: Floats
  /** [vocab, dim]; the embedding itself when the file has no head of its own. */
  readonly head: Weight
  /** [headDim / 2], see model/cache.ts */
  readonly ropeFactors?: Float32Array
  /** Bytes of matrices read to decode one token: every layer and the head, as stored in the file. */
  readonly bytesPerToken: number
}

/** A part that has its memory and waits for the tensor's bytes. */
export type Filling =
  | { readonly tensor: Tensor; readonly weight: Weight }
  | { readonly tensor: Tensor; readonly values: () => Float32Array }

export interface Placed {
  readonly weights: Weights
  /** All that must be filled before the weights are used. */
  readonly fillings: readonly Filling[]
}

/** Throws BadGgufError (missing tensor, wrong shape), UnsupportedError (a tensor nobody reads), OutOfMemoryError; then holds nothing. */
export function placeWeights(
  tensors: ReadonlyMap<string, Tensor>,
  config: Config,
  vocab: number,
  backend: Allocator,
  besides?: Besides,
): Placed {
  const { dim, hiddenDim, heads, kvHeads, headDim } = config
  const used = new Set<string>()
  const fillings: Filling[] = []
  let bytesPerToken = 0
  const take = (name: string, rows: number, cols: number): Tensor => {
    const tensor = tensors.get(name)
    if (!tensor)
      throw badTensor(tensors, name, `the tensor ${name} is missing: the file is not a complete model`)
    if (tensor.rows !== rows || tensor.cols !== cols)
      throw badTensor(
        tensors,
        name,
        `the tensor ${name} is [${tensor.rows}, ${tensor.cols}], not [${rows}, ${cols}]`,
      )
    used.add(name)
    return tensor
  }
  const weights = allOrNothing((keep): Weights => {
    const vector = (name: string, length: number): Floats => {
      const tensor = take(name, 1, length)
      const floats = keep(backend.floats(length))
      fillings.push({ tensor, values: () => floats.view() })
      return floats
    }
    const table = (name: string, rows: number, cols: number): Weight => {
      const tensor = take(name, rows, cols)
      const weight = keep(backend.weight(tensor.type, rows, cols))
      fillings.push({ tensor, weight })
      return weight
    }
    const projection = (name: string, rows: number, cols: number): Projection => {
      const weight = table(`${name}.weight`, rows, cols)
      bytesPerToken += tensors.get(`${name}.weight`)!.size
      const beside = besides?.place(name, backend, keep)
      if (beside) bytesPerToken += 4 * beside.a.rows * (rows + cols)
      const hasBias = config.mayHaveBiases && tensors.has(`${name}.bias`)
      return { weight, ...(hasBias && { bias: vector(`${name}.bias`, rows) }), ...(beside && { beside }) }
    }
    const layer = (l: number): LayerWeights => {
      const gain = (part: string, length = dim): Floats => vector(`blk.${l}.${part}.weight`, length)
      const matrix = (part: string, rows: number, cols: number): Projection =>
        projection(`blk.${l}.${part}`, rows, cols)
      return {
        attentionNorm: gain('attn_norm'),
        query: matrix('attn_q', heads * headDim, dim),
        key: matrix('attn_k', kvHeads * headDim, dim),
        value: matrix('attn_v', kvHeads * headDim, dim),
        ...(config.normalisesHeads && {
          queryNorm: gain('attn_q_norm', headDim),
          keyNorm: gain('attn_k_norm', headDim),
        }),
        attentionOut: matrix('attn_output', dim, heads * headDim),
        feedForwardNorm: gain('ffn_norm'),
        gate: matrix('ffn_gate', hiddenDim, dim),
        up: matrix('ffn_up', hiddenDim, dim),
        down: matrix('ffn_down', dim, hiddenDim),
        ...(config.normalisesOutputs && {
          attentionOutNorm: gain('post_attention_norm'),
          feedForwardOutNorm: gain('post_ffw_norm'),
        }),
      }
    }
    const embedding = table('token_embd.weight', vocab, dim)
    // Not from an array of that length: the file may claim two thousand million layers and have two.
    const layers: LayerWeights[] = []
    for (let l = 0; l < config.layers; l++) layers.push(layer(l))
    const norm = vector('output_norm.weight', dim)
    const isTied = !tensors.has('output.weight')
    if (isTied) bytesPerToken += tensors.get('token_embd.weight')!.size
    const head = isTied ? embedding : projection('output', vocab, dim).weight
    const parts = { embedding, layers, norm, head, bytesPerToken }
    if (!tensors.has('rope_freqs.weight')) return parts
    const ropeFactors = new Float32Array(headDim / 2)
    fillings.push({ tensor: take('rope_freqs.weight', 1, headDim / 2), values: () => ropeFactors })
    return { ...parts, ropeFactors }
  })
  const unused = [...tensors.keys()].find((name) => !used.has(name))
  if (unused === undefined) return { weights, fillings }
  freeWeights(weights)
  throw new UnsupportedError(
    `the tensor ${unused} has no place in the ${config.architecture} architecture with ${config.layers} layers`,
  )
}

/** What a token is multiplied with. */
export function matrices({ layers, head }: Weights): Weight[] {
  const projections = layers.flatMap(({ query, key, value, attentionOut, gate, up, down }) => [
    ...[query, key, value, attentionOut],
    ...[gate, up, down],
  ])
  return [
    ...projections.flatMap(({ weight, beside }) => [weight, ...(beside ? [beside.a, beside.b] : [])]),
    head,
  ]
}

export function freeWeights(weights: Weights): void {
  weights.embedding.free()
  for (const layer of weights.layers) {
    for (const part of Object.values<Floats | Projection>({ ...layer })) {
      if ('weight' in part) {
        part.weight.free()
        part.bias?.free()
        part.beside?.a.free()
        part.beside?.b.free()
      } else part.free()
    }
  }
  weights.norm.free()
  weights.head.free()
}
