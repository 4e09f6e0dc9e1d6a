/**
 * A Llama-shaped model of any size, made as it is read: its matrices are one piece of random weights over and over. Nothing of
 * it is held but that piece, so that a test can open gigabytes without having them.
 */
import { seededRandom } from '../generate/random.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { type TensorType, tensorTypes } from '../gguf/types.ts'
import { ggufHeader, type PlacedTensor, type TensorShape } from '../gguf/write.ts'
import { quantize } from '../quant/quant.ts'
import type { ByteSource } from '../source/source.ts'
import { randomVocabulary } from './random-model.ts'

export interface TiledShape {
  readonly type: TensorType
  readonly layers: number
  readonly dim: number
  readonly hiddenDim: number
  readonly heads: number
  readonly kvHeads: number
  /** 512 when not given. */
  readonly contextLength?: number
}

/** Weights in a tile: a multiple of every block, and of no row's length that a model would have. */
const TILE = 256 * 1021

export function tiledModel(shape: TiledShape): ByteSource {
  const { type, layers, dim, hiddenDim, heads, kvHeads } = shape
  const kvDim = (dim / heads) * kvHeads
  const vocabulary = randomVocabulary()
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: 'tiled' }],
    ['llama.block_count', { type: 'uint32', value: layers }],
    ['llama.context_length', { type: 'uint32', value: shape.contextLength ?? 512 }],
    ['llama.embedding_length', { type: 'uint32', value: dim }],
    ['llama.feed_forward_length', { type: 'uint32', value: hiddenDim }],
    ['llama.attention.head_count', { type: 'uint32', value: heads }],
    ['llama.attention.head_count_kv', { type: 'uint32', value: kvHeads }],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 }],
    ...vocabulary,
  ])
  const matrix = (name: string, rows: number, cols: number): TensorShape => ({
    name,
    type,
    dims: [cols, rows],
  })
  const gain = (name: string): TensorShape => ({ name, type: 'f32', dims: [dim] })
  const layer = (l: number): TensorShape[] => [
    gain(`blk.${l}.attn_norm.weight`),
    matrix(`blk.${l}.attn_q.weight`, dim, dim),
    matrix(`blk.${l}.attn_k.weight`, kvDim, dim),
    matrix(`blk.${l}.attn_v.weight`, kvDim, dim),
    matrix(`blk.${l}.attn_output.weight`, dim, dim),
    gain(`blk.${l}.ffn_norm.weight`),
    matrix(`blk.${l}.ffn_gate.weight`, hiddenDim, dim),
    matrix(`blk.${l}.ffn_up.weight`, hiddenDim, dim),
    matrix(`blk.${l}.ffn_down.weight`, dim, hiddenDim),
  ]
  const tokens = (vocabulary.get('tokenizer.ggml.tokens') as { value: readonly string[] }).value.length
  const header = ggufHeader({
    metadata,
    tensors: [
      matrix('token_embd.weight', tokens, dim),
      ...Array.from({ length: layers }, (_, l) => layer(l)).flat(),
      gain('output_norm.weight'),
    ],
  })
  const random = seededRandom(1)
  const matrixTile = quantize(
    type,
    Float32Array.from({ length: TILE }, () => (random() - 0.5) / 16),
  )
  const gainTile = quantize('f32', new Float32Array(tensorTypes.f32.block * 1024).fill(1))
  const tileOf = ({ name }: PlacedTensor): Uint8Array => (name.includes('norm') ? gainTile : matrixTile)
  return {
    name: 'tiled',
    size: header.size,
    async read(into, at, signal) {
      signal?.throwIfAborted()
      const end = at + into.length
      into.fill(0)
      if (at < header.bytes.length) into.set(header.bytes.subarray(at, end))
      for (const tensor of header.tensors) {
        const from = Math.max(at, tensor.offset)
        const to = Math.min(end, tensor.offset + tensor.size)
        const tile = tileOf(tensor)
        for (let place = from; place < to; ) {
          const within = (place - tensor.offset) % tile.length
          const part = tile.subarray(within, within + to - place)
          into.set(part, place - at)
          place += part.length
        }
      }
    },
  }
}
