/** Sound models of several kinds, small enough to be damaged a hundred thousand times. */
import type { MetadataValue } from '../gguf/metadata.ts'
import { randomModel, randomVocabulary } from './random-model.ts'

const small = { layers: 1, dim: 32, hiddenDim: 32, heads: 2, kvHeads: 1 } as const
const wide = { layers: 1, dim: 256, hiddenDim: 256, heads: 8, kvHeads: 2 } as const

export const hostileSeeds: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  'llama, f32': () => randomModel(small),
  'llama, q4_0, head of its own, factors': () =>
    randomModel({ ...small, type: 'q4_0', tied: false, ropeFactors: true }),
  'llama, q4_k': () => randomModel({ ...wide, type: 'q4_k' }),
  'qwen3, q8_0': () => randomModel({ ...small, architecture: 'qwen3', type: 'q8_0' }),
  'gemma3, q6_k': () => randomModel({ ...wide, architecture: 'gemma3', type: 'q6_k' }),
  'llama, f16, SentencePiece': () => randomModel({ ...small, type: 'f16', metadata: sentencePiece() }),
}

/** As many tokens as `randomVocabulary` has, so that the model's tensors fit. */
function sentencePiece(): Map<string, MetadataValue> {
  const { value } = randomVocabulary().get('tokenizer.ggml.tokens') as { value: readonly string[] }
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  )
  const special = ['<unk>', '<s>', '</s>']
  const words = Array.from(
    { length: value.length - special.length - bytes.length },
    (_, i) => `▁${'abc'.repeat(i + 1)}`,
  )
  const tokens = [...special, ...bytes, ...words]
  const types = tokens.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1))
  return new Map<string, MetadataValue>([
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    [
      'tokenizer.ggml.scores',
      { type: 'array', of: 'float32', value: Float32Array.from(tokens, (_, id) => -id) },
    ],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: Int32Array.from(types) }],
    ['tokenizer.ggml.unknown_token_id', { type: 'uint32', value: 0 }],
  ])
}
