/**
 * The weights of a synthetic model, tensor by tensor. Under heavy-tailed noise lie three structures, because noise alone
 * decodes into near ties and loops, where trained models are sure of most tokens:
 *  - Memories: each feed-forward neuron knows one token and adds up to three others that may follow it, in layers of
 *    their own, nearly as strongly. Which of them wins is for the context to say, so that greedy text depends on all of it.
 *  - Positional heads: a direction that all embeddings share feeds queries and keys, whose angles make a head look one
 *    position back, or two, or hundreds. What they bring from there is that context.
 *  - Halves: a memory reads a token in the even half of the channels (by a hash) and writes in the other, which alone
 *    the last norm lets through; otherwise each memory would set off the next, and a tied head would repeat its input.
 */
import { ropeFrequencies, turn } from './synthetic-model-angles.ts'
import { type Family, isLocal } from './synthetic-model-families.ts'
import { fillNoise, gains, hash, keyOf, matrix, permutation, uniform } from './synthetic-model-noise.ts'

/** Size of the shared direction beside the rest of an embedding. */
const SHARED = 0.5
/** Tokens that may follow one. */
const FOLLOWERS = 3
/** Logit of the best follower, by how much each next one is below it, and the spread of each. */
const BEST = 14
const GAP = 2
const SPREAD = 0.7
/** Standard deviation of all other logits. */
const NOISE = 1.6
/** What attention and feed-forward noise add to the residual stream in all layers together, beside the embedding. */
const CONTEXT = 0.8
const ASIDE = 0.4
/** How much of a token its memories take out of the stream together: more than is there, so that it does not repeat. */
const FORGET = 1.6
/** A neuron's gate and up product for the token it knows. */
const GATE = 5
/** Size of a positional head's queries and keys, and of the pairs that carry it. */
const PEAK = 6
const PAIRS = 4

export interface Plan {
  readonly family: Family
  readonly seed: number
  readonly layers: number
  readonly vocabulary: number
  readonly firstSpoken: number
  readonly lastSpoken: number
}

/** A tensor before it is quantised; one row when it is a norm's gains. */
export interface FloatTensor {
  readonly name: string
  readonly rows: number
  readonly cols: number
  readonly values: Float32Array<ArrayBuffer>
}

/** All matrices and norms in the order in which converters write them, one at a time. */
export function* weights(plan: Plan): Generator<FloatTensor> {
  const { family, seed, layers, vocabulary } = plan
  const { dim, hiddenDim, heads, kvHeads, headDim, sandwich, headNorms } = family
  const embedding = new Embedding(plan)
  const memory = new Memory(plan, embedding)
  const norm = (name: string, count: number, center: number): FloatTensor => ({
    name,
    rows: 1,
    cols: count,
    values: gains(count, center, keyOf(seed, name)),
  })
  yield { name: 'token_embd', rows: vocabulary, cols: dim, values: embedding.values }
  const share = embedding.scale / Math.sqrt(layers)
  for (let layer = 0; layer < layers; layer++) {
    const block = (name: string): string => `blk.${layer}.${name}`
    const noise = (name: string, rows: number, cols: number, std: number): FloatTensor => ({
      name: block(name),
      rows,
      cols,
      values: matrix(rows, cols, std, keyOf(seed, block(name))),
    })
    yield norm(block('attn_norm'), dim, 1)
    const query = noise('attn_q', heads * headDim, dim, 1 / Math.sqrt(dim))
    const key = noise('attn_k', kvHeads * headDim, dim, 1 / Math.sqrt(dim))
    plantPositions(plan, embedding, layer, query.values, key.values)
    yield query
    yield key
    yield noise('attn_v', kvHeads * headDim, dim, 1 / Math.sqrt(dim))
    yield noise('attn_output', dim, heads * headDim, (CONTEXT * share) / Math.sqrt(heads * headDim))
    if (headNorms) {
      yield norm(block('attn_q_norm'), headDim, 1.2)
      yield norm(block('attn_k_norm'), headDim, 1.2)
    }
    if (sandwich) yield norm(block('post_attention_norm'), dim, 0.7 * CONTEXT * share)
    yield norm(block('ffn_norm'), dim, 0.8)
    const gate = noise('ffn_gate', hiddenDim, dim, 1 / Math.sqrt(dim))
    const up = noise('ffn_up', hiddenDim, dim, 1 / Math.sqrt(dim))
    const down = noise('ffn_down', dim, hiddenDim, (ASIDE * share) / (0.25 * Math.sqrt(hiddenDim)))
    memory.plant(layer, gate.values, up.values, down.values)
    yield gate
    yield up
    yield down
    if (sandwich) yield norm(block('post_ffw_norm'), dim, memory.written)
  }
  const last = norm('output_norm', dim, embedding.outputGain)
  for (let c = 0; c < dim; c++) if (embedding.isRead(c)) last.values[c]! *= 0.1
  yield last
}

/** [vocabulary, dim] noise and one shared direction, and what follows from their sizes. */
class Embedding {
  readonly values: Float32Array<ArrayBuffer>
  /** The shared direction: 1 or -1 a channel. */
  readonly signs: Float32Array
  /** Standard deviation of the stream where the embedding enters it. */
  readonly scale: number
  /** Gain of the last norm that gives noise the logits it should have. */
  readonly outputGain: number
  readonly #key: number

  constructor({ family, seed, vocabulary }: Plan) {
    const { dim, embeddingStd: std } = family
    this.#key = keyOf(seed, 'halves')
    this.values = new Float32Array(vocabulary * dim)
    this.signs = Float32Array.from({ length: dim }, (_, c) => (hash(this.#key + 7 * c) & 1 ? 1 : -1))
    this.scale = std * (family.sandwich ? Math.sqrt(dim) : 1)
    this.outputGain = NOISE / (std * Math.sqrt(dim / 2))
    fillNoise(this.values, 0, this.values.length, keyOf(seed, 'token_embd'), 0)
    for (let at = 0; at < this.values.length; at += dim) {
      for (let c = 0; c < dim; c++) {
        this.values[at + c] = std * (this.values[at + c]! + SHARED * this.signs[c]!)
      }
    }
  }

  /** Whether memories read this channel; they write into the others. */
  isRead(channel: number): boolean {
    return (hash(this.#key ^ Math.imul(channel, 0x9e3779b9)) & 256) === 0
  }
}

/** Which neuron knows which token, and what it says then. */
class Memory {
  /** Size of what a layer with a memory of the token adds, a channel. */
  readonly written: number
  readonly #plan: Plan
  readonly #embedding: Embedding
  readonly #followers: readonly Int32Array[]
  readonly #read: Float32Array
  /** Tokens that neurons know, and those of them that follow others: a token no neuron knows would repeat itself. */
  readonly #known: number
  readonly #said: number
  /** Strength of a follower that makes the logit 1. */
  readonly #unit: number

  constructor(plan: Plan, embedding: Embedding) {
    const { family, seed, layers, vocabulary, firstSpoken, lastSpoken } = plan
    const { dim, embeddingStd: std } = family
    this.#plan = plan
    this.#embedding = embedding
    this.#known = Math.min(vocabulary, layers * family.hiddenDim)
    this.#said = Math.min(this.#known, lastSpoken - firstSpoken + 1)
    this.#followers = Array.from({ length: FOLLOWERS }, (_, n) =>
      permutation(this.#said, keyOf(seed, `followers ${n}`)),
    )
    this.#read = Float32Array.from({ length: dim }, (_, c) => Number(embedding.isRead(c)))
    // The stream's size at the end: the embedding's read half, followers and noise in the other.
    const size = Math.sqrt(1 + SHARED ** 2 / 2 + CONTEXT ** 2 + ASIDE ** 2)
    this.#unit = size / (embedding.outputGain * std * (dim / 2))
    const strength = BEST * this.#unit
    this.written = embedding.scale * Math.sqrt((strength ** 2 + (FORGET / FOLLOWERS) ** 2) / 2)
  }

  /** Adds this layer's memories to gate and up [hiddenDim, dim] and to down [dim, hiddenDim]. */
  plant(layer: number, gate: Float32Array, up: Float32Array, down: Float32Array): void {
    const { family, layers, vocabulary, firstSpoken, seed } = this.#plan
    const { dim, hiddenDim, embeddingStd: std, sandwich } = family
    const { values, scale } = this.#embedding
    const rounds = Math.min(FOLLOWERS, Math.floor((layers * hiddenDim) / this.#known))
    // The half that is read, as the norm before the layer hands it on: of size 0.8 a channel when it were alone.
    const size = Math.sqrt(1 + SHARED ** 2 + (CONTEXT ** 2 + ASIDE ** 2) / 2)
    const reading = (GATE * size) / (0.8 * (dim / 2) * std)
    // Of all that is written in a sandwich, the norm behind sees to the size; it only has to outweigh the noise.
    const writing = sandwich ? 3 / GATE ** 2 : 1 / GATE ** 2
    for (let neuron = 0; neuron < hiddenDim; neuron++) {
      const slot = neuron * layers + layer
      const round = Math.floor(slot / this.#known)
      if (round >= rounds) break
      // The round shifts tokens, so that a token's followers lie in different layers.
      const token = (slot + round) % this.#known
      // Counted from the first spoken token on, so that those are known first.
      const from = ((firstSpoken + token) % vocabulary) * dim
      const to = (firstSpoken + this.#followers[round]![token % this.#said]!) * dim
      const spread = SPREAD * (2 * uniform(keyOf(seed, 'spread'), FOLLOWERS * token + round) - 1)
      const strength = (BEST - GAP * round + spread) * this.#unit
      const row = neuron * dim
      for (let c = 0; c < dim; c++) {
        const own = values[from + c]! - std * SHARED * this.#embedding.signs[c]!
        if (this.#read[c] === 1) {
          gate[row + c]! += reading * own
          up[row + c]! += reading * own
        } else {
          const follower = values[to + c]! - std * SHARED * this.#embedding.signs[c]!
          const written = strength * follower - (FORGET * own) / rounds
          down[c * hiddenDim + neuron]! += (writing * written * scale) / std
        }
      }
    }
  }
}

/** Which head looks where: one back, at content alone, a few back, far back. */
function offsetOf(head: number, layer: number, isShort: boolean): number {
  return [1, 0, 2 + (layer % 3), isShort ? 400 : 40 + 150 * (layer % 4)][(head + layer) % 4]!
}

/** Adds positional structure to the queries [heads * headDim, dim] and keys [kvHeads * headDim, dim] of a layer. */
function plantPositions(
  { family }: Plan,
  embedding: Embedding,
  layer: number,
  query: Float32Array,
  key: Float32Array,
): void {
  const { architecture, dim, heads, kvHeads, headDim } = family
  const local = isLocal(family, layer)
  const frequencies = ropeFrequencies(local ? 10_000 : family.ropeBase, headDim)
  // What a normalised stream has of the shared direction, a channel.
  const seen = SHARED / Math.sqrt(1 + SHARED ** 2 + CONTEXT ** 2 / 2)
  const scale = PEAK / (dim * seen)
  const add = (weights: Float32Array, row: number, amount: number): void => {
    for (let c = 0; c < dim; c++) weights[row * dim + c]! += scale * amount * embedding.signs[c]!
  }
  // Llama's files have the two numbers of a pair side by side, the others have them half a head apart.
  const place = (head: number, pair: number, second: number): number =>
    head * headDim + (architecture === 'llama' ? 2 * pair + second : pair + (second * headDim) / 2)
  // The pairs that turn about once in `offset` positions tell it from others best; those of one back are the first.
  const firstPair = (offset: number): number => {
    const found = frequencies.findIndex((frequency) => frequency * offset < 3)
    return Math.min(Math.max(0, found), frequencies.length - PAIRS)
  }
  const used = new Set<number>()
  for (let head = 0; head < heads; head++) {
    const offset = offsetOf(head, layer, local)
    if (offset === 0) continue
    const first = firstPair(offset)
    for (let pair = first; pair < first + PAIRS; pair++) {
      const { cos, sin } = turn(offset * frequencies[pair]!)
      add(query, place(head, pair, 0), cos)
      add(query, place(head, pair, 1), -sin)
      used.add(pair)
    }
  }
  for (const pair of used) for (let head = 0; head < kvHeads; head++) add(key, place(head, pair, 0), 1)
}
