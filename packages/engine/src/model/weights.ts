/**
 * The tensors of a Llama file, checked by name and shape and put into a backend's memory.
 * Every tensor of the file must be used: a bias or a table this forward pass would ignore is an error, not a wrong answer.
 */
import type { Backend, Floats, Weight } from '../backend/backend.ts'
import { BadGgufError, UnsupportedError } from '../errors.ts'
import type { Tensor } from '../gguf/read.ts'
import { byteLength } from '../gguf/types.ts'
import { dequantize } from '../quant/quant.ts'
import { allOrNothing } from './all-or-nothing.ts'
import type { Config } from './config.ts'

export interface LayerWeights {
  /** [dim] */
  readonly attentionNorm: Floats
  /** [heads * headDim, dim] */
  readonly query: Weight
  /** [kvHeads * headDim, dim] */
  readonly key: Weight
  /** [kvHeads * headDim, dim] */
  readonly value: Weight
  /** [dim, heads * headDim] */
  readonly attentionOut: Weight
  /** [dim] */
  readonly feedForwardNorm: Floats
  /** [hiddenDim, dim] */
  readonly gate: Weight
  /** [hiddenDim, dim] */
  readonly up: Weight
  /** [dim, hiddenDim] */
  readonly down: Weight
}

export interface Weights {
  /** [vocab, dim] */
  readonly embedding: Weight
  readonly layers: readonly LayerWeights[]
  /** [dim] */
  readonly norm: Floats
  /** [vocab, dim]; the embedding itself when the file has no head of its own. */
  readonly head: Weight
  /** Bytes of matrices read to decode one token: every layer and the head, as stored in the file. */
  readonly bytesPerToken: number
}

/** Throws BadGgufError (missing tensor, wrong shape), UnsupportedError (a tensor nobody reads), OutOfMemoryError; then holds nothing. */
export function loadWeights(
  tensors: ReadonlyMap<string, Tensor>,
  config: Config,
  vocab: number,
  backend: Backend,
): Weights {
  const { dim, hiddenDim } = config
  const queryDim = config.heads * config.headDim
  const kvDim = config.kvHeads * config.headDim
  refuseUnknown(tensors, config.layers)
  const take = (name: string, rows: number, cols: number): Tensor => {
    const tensor = tensors.get(name)
    if (!tensor) throw new BadGgufError(`the tensor ${name} is missing: the file is not a complete model`)
    if (tensor.rows === rows && tensor.cols === cols) return tensor
    throw new BadGgufError(`the tensor ${name} is [${tensor.rows}, ${tensor.cols}], not [${rows}, ${cols}]`)
  }
  return allOrNothing((keep) => {
    let bytesPerToken = 0

    const gain = (name: string): Floats => {
      const { type, bytes } = take(name, 1, dim)
      const floats = keep(backend.floats(dim))
      dequantize(type, bytes, floats.view())
      return floats
    }
    const table = (name: string, rows: number, cols: number): Weight => {
      const { type, bytes } = take(name, rows, cols)
      return keep(backend.weight(type, rows, cols, bytes))
    }
    const matrix = (name: string, rows: number, cols: number): Weight => {
      const weight = table(name, rows, cols)
      bytesPerToken += byteLength(weight.type, rows * cols)
      return weight
    }

    const embedding = table('token_embd.weight', vocab, dim)
    const layers: LayerWeights[] = []
    for (let layer = 0; layer < config.layers; layer++) {
      const name = (part: string): string => `blk.${layer}.${part}.weight`
      layers.push({
        attentionNorm: gain(name('attn_norm')),
        query: matrix(name('attn_q'), queryDim, dim),
        key: matrix(name('attn_k'), kvDim, dim),
        value: matrix(name('attn_v'), kvDim, dim),
        attentionOut: matrix(name('attn_output'), dim, queryDim),
        feedForwardNorm: gain(name('ffn_norm')),
        gate: matrix(name('ffn_gate'), hiddenDim, dim),
        up: matrix(name('ffn_up'), hiddenDim, dim),
        down: matrix(name('ffn_down'), dim, hiddenDim),
      })
    }
    const norm = gain('output_norm.weight')
    const tied = !tensors.has('output.weight')
    const head = tied ? embedding : matrix('output.weight', vocab, dim)
    if (tied) bytesPerToken += byteLength(head.type, vocab * dim)
    return { embedding, layers, norm, head, bytesPerToken }
  })
}

export function freeWeights(weights: Weights): void {
  weights.embedding.free()
  for (const layer of weights.layers)
    for (const part of Object.values<Floats | Weight>({ ...layer })) part.free()
  weights.norm.free()
  weights.head.free()
}

const whole = /^(token_embd|output_norm|output)\.weight$/
const ofLayer = /^blk\.(\d+)\.(attn_(norm|q|k|v|output)|ffn_(norm|gate|up|down))\.weight$/

function refuseUnknown(tensors: ReadonlyMap<string, Tensor>, layers: number): void {
  for (const name of tensors.keys()) {
    const layer = ofLayer.exec(name)?.[1]
    if (whole.test(name) || (layer !== undefined && Number(layer) < layers)) continue
    throw new UnsupportedError(
      `the tensor ${name} has no place in the Llama architecture with ${layers} layers`,
    )
  }
}
