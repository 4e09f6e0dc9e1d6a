/**
 * A model in a room, with the activations of one pass: what forward.ts writes and backward.ts reads. A network that is not trained keeps
 * the activations of one layer only.
 */
import { ITEM_BYTES } from '../kernels/attention.ts'
import type { Matrix } from '../kernels/multiply.ts'
import { openRoom, type Room } from '../kernels/room.ts'
import type { Piece } from './batches.ts'
import { Head } from './head.ts'
import { Linears } from './linear.ts'
import type { Trainable } from './trainable.ts'
import { type NetworkWeights, placeWeights, type Trained } from './weights.ts'

/** Of one layer; [tokens, ...] each. */
export interface LayerActivations {
  /** [dim] the residual stream, before and after attention, and each normalised */
  readonly x: Matrix
  readonly middle: Matrix
  readonly normed: Matrix
  readonly middleNormed: Matrix
  /** What the norms multiplied by: [tokens] */
  readonly r: number
  readonly middleR: number
  /** [queries | keys | values] after RoPE */
  readonly qkv: Matrix
  /** [heads * headDim] */
  readonly attended: Matrix
  /** [gate | up], and [hiddenDim] what comes of them */
  readonly gateUp: Matrix
  readonly hidden: Matrix
}

/** Gradients on their way back; [tokens, ...] each. */
export interface GradientBuffers {
  readonly x: Matrix
  readonly normed: Matrix
  readonly qkv: Matrix
  readonly attended: Matrix
  readonly hidden: Matrix
}

export interface NetworkOptions {
  readonly trained: Trained
  readonly threads: number
  /** Tokens of the longest sequence, and of the largest piece. */
  readonly longest: number
  readonly tokens: number
}

/** Widths of what a token becomes on its way. */
export function widthsOf({ shape }: Trainable): {
  dim: number
  qkv: number
  attended: number
  hidden: number
} {
  const { dim, heads, kvHeads, headDim, hiddenDim } = shape
  return { dim, qkv: (heads + 2 * kvHeads) * headDim, attended: heads * headDim, hidden: hiddenDim }
}

export class Network implements Disposable {
  readonly model: Trainable
  /** The most that a pass has. */
  readonly tokens: number
  readonly room: Room
  readonly weights: NetworkWeights
  readonly linears: Linears
  readonly head: Head
  readonly layers: readonly LayerActivations[]
  /** [tokens, dim] what the last layer gives, that normalised, and [tokens] what the norm multiplied by. */
  readonly last: Matrix
  readonly normed: Matrix
  readonly r: number
  readonly gradients: GradientBuffers | undefined
  /** [positions, headDim] pairs of cos and sin */
  readonly angles: number
  readonly ids: number
  readonly positions: number
  readonly items: number

  /** Throws OutOfMemoryError, BackendUnavailableError; then holds nothing. */
  constructor(model: Trainable, { trained, threads, longest, tokens }: NetworkOptions) {
    const { shape, config } = model
    const { dim, qkv, attended, hidden } = widthsOf(model)
    const { heads, kvHeads, headDim } = shape
    const room = openRoom({ heads, kvHeads, headDim, longest, scale: config.attentionScale }, threads)
    this.model = model
    this.tokens = tokens
    this.room = room
    this.weights = placeWeights(room, model, trained, tokens)
    const isTrained = trained.kind !== 'nothing'
    const activations = (): LayerActivations => ({
      x: room.matrix(tokens, dim),
      middle: room.matrix(tokens, dim),
      normed: room.matrix(tokens, dim),
      middleNormed: room.matrix(tokens, dim),
      r: room.place(tokens),
      middleR: room.place(tokens),
      qkv: room.matrix(tokens, qkv),
      attended: room.matrix(tokens, attended),
      gateUp: room.matrix(tokens, 2 * hidden),
      hidden: room.matrix(tokens, hidden),
    })
    const one = activations()
    this.layers = Array.from({ length: shape.layers }, (_, l) =>
      l === 0 || !isTrained ? one : activations(),
    )
    this.last = isTrained ? room.matrix(tokens, dim) : one.x
    this.normed = room.matrix(tokens, dim)
    this.r = room.place(tokens)
    this.gradients = isTrained
      ? {
          x: room.matrix(tokens, dim),
          normed: room.matrix(tokens, dim),
          qkv: room.matrix(tokens, qkv),
          attended: room.matrix(tokens, attended),
          hidden: room.matrix(tokens, hidden),
        }
      : undefined
    this.angles = placeAngles(room, model, longest)
    this.ids = room.place(tokens)
    this.positions = room.place(tokens)
    this.items = room.place((tokens * kvHeads * ITEM_BYTES) / 4)
    const { layers } = this.weights
    this.linears = new Linears(
      room,
      layers.flatMap(({ qkv, attentionOut, gateUp, down }) => [qkv, attentionOut, gateUp, down]),
      tokens,
    )
    this.head = new Head(room, this.weights.head, shape.vocab, tokens, isTrained)
  }

  /** Puts a piece's tokens where kernels read them; returns how many items of attention there are. */
  place({ ids, positions, sequences }: Piece): number {
    const { room } = this
    const { kvHeads } = this.model.shape
    room.ints(this.ids, ids.length).set(ids)
    room.ints(this.positions, positions.length).set(positions)
    const count = sequences.length * kvHeads
    const items = room.ints(this.items, (count * ITEM_BYTES) / 4)
    let at = 0
    for (const { start, length } of sequences) {
      for (let head = 0; head < kvHeads; head++, at += ITEM_BYTES / 4) items.set([start, length, head, 0], at)
    }
    return count
  }

  [Symbol.dispose](): void {
    this.room[Symbol.dispose]()
  }
}

/** As the engine turns: position p and pair i by p scale base^(-2i / headDim), over the file's factor of the pair. */
function placeAngles(room: Room, { config, ropeFactors }: Trainable, positions: number): number {
  const { headDim, rope } = config
  const at = room.place(positions * headDim)
  const table = room.floats(at, positions * headDim)
  for (let i = 0; i < table.length; i += 2) {
    const pair = (i % headDim) / 2
    const angle =
      (Math.floor(i / headDim) * rope.scale * rope.base ** ((-2 * pair) / headDim)) /
      (ropeFactors?.[pair] ?? 1)
    table[i] = Math.cos(angle)
    table[i + 1] = Math.sin(angle)
  }
  return at
}
