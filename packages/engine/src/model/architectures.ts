/**
 * Model families as data: where they differ, in words the one forward pass (model/forward.ts) understands. A family is
 * known by `general.architecture` and reads its hyperparameters under that prefix (model/config.ts). A new family that
 * differs in these points only is a new row here.
 * Sources: src/models/{llama,qwen2,qwen3,gemma3}.cpp of llama.cpp.
 */

/** What the gate goes through: x * sigmoid(x), or the tanh form of GELU. */
export type Activation = 'silu' | 'gelu'

/** Which numbers of a head RoPE turns together: (2i, 2i + 1), or (i, i + headDim / 2). */
export type RopePairs = 'neighbours' | 'halves'

export interface Architecture {
  readonly activation: Activation
  readonly pairs: RopePairs
  /** Whether embeddings are multiplied by sqrt(dim), rounded to f32. */
  readonly scalesEmbedding: boolean
  /** Whether every head of queries and keys is normalised before RoPE (attn_q_norm, attn_k_norm). */
  readonly normalisesHeads: boolean
  /** Whether what attention and feed-forward give is normalised before it is added (post_attention_norm, post_ffw_norm). */
  readonly normalisesOutputs: boolean
  /** Whether projections may have a bias; which of them do, the file says. */
  readonly mayHaveBiases: boolean
  /**
   * For families with a sliding window: every n-th layer sees all positions, the others only the window, and those turn by
   * a RoPE base of their own. Both are what the file's metadata leave open.
   */
  readonly windows?: { readonly everyNth: number; readonly ropeBase: number }
}

const plain = {
  activation: 'silu',
  pairs: 'neighbours',
  scalesEmbedding: false,
  normalisesHeads: false,
  normalisesOutputs: false,
  mayHaveBiases: false,
} as const

export const architectures: Readonly<Record<string, Architecture>> = {
  llama: { ...plain, mayHaveBiases: true },
  qwen2: { ...plain, pairs: 'halves', mayHaveBiases: true },
  qwen3: { ...plain, pairs: 'halves', normalisesHeads: true },
  gemma3: {
    ...plain,
    activation: 'gelu',
    pairs: 'halves',
    scalesEmbedding: true,
    normalisesHeads: true,
    normalisesOutputs: true,
    windows: { everyNth: 6, ropeBase: 10_000 },
  },
}
