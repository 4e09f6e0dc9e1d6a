/** A model's weights in a room: what each layer reads, and where gradients of what is trained go. */
import type { Matrix } from '../kernels/multiply.ts'
import type { Room } from '../kernels/room.ts'
import { COLS } from '../kernels/tile.ts'
import { entryOf, type Layout } from './layout.ts'
import type { Adapter, Linear } from './linear.ts'
import { type AdapterEntry, type AdapterLayout, paddedRank } from './lora.ts'
import type { Trainable } from './trainable.ts'
import type { LoraOptions } from './types.ts'

/** [dim] */
export interface Gain {
  readonly at: number
  readonly gradient?: number
}

export interface LayerWeights {
  readonly attentionNorm: Gain
  /** [queries | keys | values, dim] */
  readonly qkv: Linear
  readonly attentionOut: Linear
  readonly feedForwardNorm: Gain
  /** [gate | up, dim] */
  readonly gateUp: Linear
  readonly down: Linear
}

export interface NetworkWeights {
  /** [vocab, dim] */
  readonly embedding: Linear
  /** The embedding itself where they are tied. */
  readonly head: Linear
  readonly layers: readonly LayerWeights[]
  readonly norm: Gain
  /** What an optimiser changes; undefined where nothing is trained. */
  readonly trained?: Arena
}

/** Everything that is trained, as one row of floats, and its gradient. */
export interface Arena {
  readonly values: number
  readonly gradients: number
  /** Floats that decay, and all. */
  readonly matrices: number
  readonly size: number
}

/** What is trained: all weights, adapters, or nothing. */
export type Trained =
  | { readonly kind: 'all' | 'nothing' }
  | { readonly kind: 'adapters'; readonly lora: LoraOptions; readonly layout: AdapterLayout }

/** Places and fills weights; `tokens` is the most that a pass has. Throws OutOfMemoryError. */
export function placeWeights(room: Room, model: Trainable, trained: Trained, tokens: number): NetworkWeights {
  const { layout, shape } = model
  const beyond = COLS * Math.max(shape.dim, shape.hiddenDim, shape.heads * shape.headDim)
  const values = room.place(layout.size + beyond)
  room.floats(values, layout.size).set(model.weights)
  const gradients = trained.kind === 'all' ? room.place(layout.size + beyond) : undefined
  const arena = trained.kind === 'adapters' ? placeAdapters(room, trained.layout, beyond) : undefined
  const place = (base: number, offset: number, cols: number): Matrix => ({ at: base + 4 * offset, ld: cols })

  const adapter = ({ rows, cols, a, b }: AdapterEntry, from: number, lora: LoraOptions): Adapter => {
    const rank = paddedRank(lora.rank)
    return {
      from,
      rows,
      rank,
      scale: lora.alpha / lora.rank,
      a: place(arena!.values, a, cols),
      b: place(arena!.values, b, rank),
      gradientA: place(arena!.gradients, a, cols),
      gradientB: place(arena!.gradients, b, rank),
      low: room.matrix(tokens, rank),
    }
  }
  const linear = (...names: readonly string[]): Linear => {
    const { offset, cols } = entryOf(layout, names[0]!)
    const adapters: Adapter[] = []
    let rows = 0
    for (const name of names) {
      const own = trained.kind === 'adapters' ? trained.layout.entries.get(name) : undefined
      if (own && trained.kind === 'adapters') adapters.push(adapter(own, rows, trained.lora))
      rows += entryOf(layout, name).rows
    }
    return {
      weight: place(values, offset, cols),
      ...(gradients !== undefined && { gradient: place(gradients, offset, cols) }),
      rows,
      cols,
      adapters,
    }
  }
  const gain = (name: string): Gain => {
    const { offset } = entryOf(layout, name)
    return { at: values + 4 * offset, ...(gradients !== undefined && { gradient: gradients + 4 * offset }) }
  }
  const layers = Array.from({ length: shape.layers }, (_, l): LayerWeights => {
    const tensor = (part: string): string => `blk.${l}.${part}.weight`
    return {
      attentionNorm: gain(tensor('attn_norm')),
      qkv: linear(tensor('attn_q'), tensor('attn_k'), tensor('attn_v')),
      attentionOut: linear(tensor('attn_output')),
      feedForwardNorm: gain(tensor('ffn_norm')),
      gateUp: linear(tensor('ffn_gate'), tensor('ffn_up')),
      down: linear(tensor('ffn_down')),
    }
  })
  const embedding = linear('token_embd.weight')
  const all = gradients === undefined ? arena : { values, gradients, ...sizes(layout) }
  return {
    embedding,
    head: shape.tied ? embedding : linear('output.weight'),
    layers,
    norm: gain('output_norm.weight'),
    ...(all && { trained: all }),
  }
}

const sizes = ({ matrices, size }: Layout): { matrices: number; size: number } => ({ matrices, size })

function placeAdapters(room: Room, { size }: AdapterLayout, beyond: number): Arena {
  const [values, gradients] = [room.place(size + beyond), room.place(size + beyond)]
  return { values, gradients, matrices: size, size }
}
