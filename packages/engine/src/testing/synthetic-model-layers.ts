/**
 * The weights of a synthetic model, tensor by tensor. Under heavy-tailed noise lie three structures, because noise alone
 * decodes into near ties and loops, where trained models are sure of most tokens:
 *  - Memories (synthetic-model-memory.ts): feed-forward neurons that know one token each and what may follow it.
 *  - Positional heads: a direction that all embeddings share feeds queries and keys, whose angles make a head look one
 *    position back, or two, or hundreds. What they bring from there has a say in which follower wins.
 *  - Halves: memories read a token in one half of the channels and write into the other, which alone the last norm lets
 *    through; otherwise each memory would set off the next, and a tied head would repeat its input.
 */
import { ropeFrequencies, turn } from './synthetic-model-angles.ts'
import { type Embedding, makeEmbedding, sizes } from './synthetic-model-embedding.ts'
import { type Family, isLocal } from './synthetic-model-families.ts'
import { Memory, NORM } from './synthetic-model-memory.ts'
import { gains, keyOf, matrix } from './synthetic-model-noise.ts'

/** Size of a positional head's queries and keys, and of the pairs that carry it. */
const PEAK = 6
const PAIRS = 4

export interface Plan {
  readonly family: Family
  readonly seed: number
  readonly layers: number
  readonly vocabulary: number
  /** Ids that a model may say, both included. */
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
  const embedding = makeEmbedding(plan)
  const memory = new Memory(plan, embedding)
  const norm = (name: string, count: number, center: number): FloatTensor => ({
    name,
    rows: 1,
    cols: count,
    values: gains(count, center, keyOf(seed, name)),
  })
  yield { name: 'token_embd', rows: vocabulary, cols: dim, values: embedding.values }
  const share = embedding.scale / Math.sqrt(layers)
  const { context, aside } = sizes
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
    yield noise('attn_output', dim, heads * headDim, (context * share) / Math.sqrt(heads * headDim))
    if (headNorms) {
      yield norm(block('attn_q_norm'), headDim, 1.2)
      yield norm(block('attn_k_norm'), headDim, 1.2)
    }
    if (sandwich) yield norm(block('post_attention_norm'), dim, 0.7 * context * share)
    yield norm(block('ffn_norm'), dim, NORM)
    const gate = noise('ffn_gate', hiddenDim, dim, 1 / Math.sqrt(dim))
    const up = noise('ffn_up', hiddenDim, dim, 1 / Math.sqrt(dim))
    const down = noise('ffn_down', dim, hiddenDim, (aside * share) / (0.3 * Math.sqrt(hiddenDim)))
    memory.plant(layer, gate.values, up.values, down.values)
    yield gate
    yield up
    yield down
    if (sandwich)
      yield norm(block('post_ffw_norm'), dim, memory.plants(layer) ? 1.2 * embedding.scale : aside * share)
  }
  const last = norm('output_norm', dim, embedding.outputGain)
  for (let c = 0; c < dim; c++) if (embedding.isRead[c]) last.values[c]! *= 0.1
  yield last
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
  const { shared, context } = sizes
  const seen = shared / Math.sqrt(1 + shared ** 2 + context ** 2 / 2)
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
