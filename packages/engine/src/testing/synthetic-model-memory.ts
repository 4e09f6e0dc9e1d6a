/**
 * What the feed-forward layers of a synthetic model know: a neuron whose gate opens for one token, and whose output says
 * what may follow it. Each token has up to three neurons in layers of their own: one that takes the token itself out of
 * the stream, without which a tied head would repeat it, and two that say a follower each. Those two are neighbours and
 * listen to everything else in the stream as well, to the same but with opposite signs: so the context decides between
 * them, and rarely leaves it open.
 */
import { type Embedding, sizes } from './synthetic-model-embedding.ts'
import type { Plan } from './synthetic-model-layers.ts'
import { keyOf, permutation } from './synthetic-model-noise.ts'

/** Tokens that may follow one, where there are neurons enough. */
const FOLLOWERS = 2
/** Logit of a follower when the context has nothing to say. */
const BEST = 14
/** How much of a token is taken out of the stream: more than is there, because gates do not open equally far. */
const FORGET = 1.2
/** A neuron's gate and up product for the token it knows. */
const GATE = 4
const UP = 2
/** How much of everything else a neuron that says a follower lets into its up product, and how much any gate lets in. */
const SAY = 1.5
const QUIET = 0.4
/** How far below zero a gate lies for all other tokens, so that neurons are silent: what they let through is noise. */
const SILENT = 4
/** What the norm in front of a feed-forward layer gives a channel. */
export const NORM = 0.8

export class Memory {
  readonly #plan: Plan
  readonly #embedding: Embedding
  /** Tokens that neurons know, and those of them that are said: one that no neuron knows would repeat itself. */
  readonly #known: number
  readonly #said: number
  /** Neurons a token has, and neurons a layer that know one. */
  readonly #rounds: number
  readonly #perLayer: number
  readonly #followers: readonly Int32Array[]

  constructor(plan: Plan, embedding: Embedding) {
    const { family, seed, layers, vocabulary, firstSpoken, lastSpoken } = plan
    const neurons = layers * family.hiddenDim
    this.#plan = plan
    this.#embedding = embedding
    this.#known = Math.min(vocabulary, neurons)
    this.#said = Math.min(this.#known, lastSpoken - firstSpoken + 1)
    this.#rounds = Math.min(FOLLOWERS + 1, Math.floor(neurons / this.#known))
    // A sandwich makes the outputs of a layer equally large, whether a neuron speaks or not: full layers, then empty ones.
    this.#perLayer = family.sandwich
      ? Math.min(family.hiddenDim, this.#known)
      : Math.ceil((this.#known * this.#rounds) / layers)
    this.#followers = Array.from({ length: FOLLOWERS }, (_, n) =>
      cycle(this.#said, keyOf(seed, `followers ${n}`)),
    )
  }

  /** Whether neurons of this layer know tokens. */
  plants(layer: number): boolean {
    return layer * this.#perLayer < this.#rounds * this.#known
  }

  /** Adds this layer's memories to gate and up [hiddenDim, dim] and to down [dim, hiddenDim]. */
  plant(layer: number, gate: Float32Array, up: Float32Array, down: Float32Array): void {
    const { family, vocabulary, firstSpoken } = this.#plan
    const { dim, hiddenDim, embeddingStd: std, sandwich } = family
    const { values, signs, isRead, scale, outputGain } = this.#embedding
    const { shared, context, aside } = sizes
    const others = context ** 2 + aside ** 2
    // Size of the stream, a channel, beside the embedding: where it is read, and at the end.
    const size = Math.sqrt(1 + shared ** 2 + others / 2)
    const atEnd = Math.sqrt(1 + shared ** 2 / 2 + others)
    const silencing = (SILENT * size) / (NORM * dim * shared)
    for (let neuron = 0; neuron < this.#perLayer; neuron++) {
      const slot = layer * this.#perLayer + neuron
      if (slot >= this.#rounds * this.#known) break
      const forgets = slot < this.#known
      const says = !forgets || this.#rounds === 1
      const rank = forgets || this.#rounds <= FOLLOWERS ? 0 : (slot - this.#known) % FOLLOWERS
      const token = forgets ? slot : Math.floor((slot - this.#known) / Math.min(FOLLOWERS, this.#rounds - 1))
      const row = neuron * dim
      const opening = forgets ? 1.5 * GATE : GATE
      const upward = forgets ? 2 * UP : UP
      const say = forgets ? QUIET : SAY
      // Counted from the first spoken token on, so that those are known first.
      const from = ((firstSpoken + token) % vocabulary) * dim
      const to = (firstSpoken + this.#followers[rank]![token % this.#said]!) * dim
      const reading = (size * std) / (NORM * this.#energy(from, 1))
      // A logit is the follower's own energy in the written half, times this.
      const saying = ((says ? BEST : 0) * atEnd * std) / (outputGain * this.#energy(to, 0))
      // Of all that is written in a sandwich, the norm behind sees to the size; it only has to outweigh the noise.
      const writing = ((sandwich ? 3 : 1) * scale) / (std * opening * upward)
      for (let c = 0; c < dim; c++) {
        const common = std * shared * signs[c]!
        const own = values[from + c]! - common
        const match = isRead[c] ? reading * own : 0
        gate[row + c] = QUIET * gate[row + c]! - silencing * signs[c]! + (opening + SILENT) * match
        // The second follower listens to the opposite of what the neuron before it listens to.
        const heard = rank === 1 && neuron > 0 ? upward * match - up[row - dim + c]! : say * up[row + c]!
        up[row + c] = heard + upward * match
        if (!isRead[c]) {
          const written = saying * (values[to + c]! - common) - (forgets ? FORGET * own : 0)
          down[c * hiddenDim + neuron]! += writing * written
        }
      }
    }
  }

  /** Sum of squares of a row's own part, in the channels that are read (1) or written (0). */
  #energy(row: number, isRead: number): number {
    const { values, signs, isRead: read } = this.#embedding
    const std = this.#plan.family.embeddingStd
    let sum = 0
    for (let c = 0; c < signs.length; c++) {
      if (read[c] === isRead) sum += (values[row + c]! - std * sizes.shared * signs[c]!) ** 2
    }
    return sum
  }
}

/** What follows each of `count` tokens when all of them stand in one shuffled ring: no text returns before it has to. */
function cycle(count: number, key: number): Int32Array {
  const ring = permutation(count, key)
  const next = new Int32Array(count)
  for (let i = 0; i < count; i++) next[ring[i]!] = ring[(i + 1) % count]!
  return next
}
