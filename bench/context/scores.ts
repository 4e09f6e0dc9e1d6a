/**
 * What passages can be ranked by: where they stand, chance, BM25, a model's embeddings or its likelihood of the question behind the
 * passage, and BM25 together with either. Only BM25 is in the product; `npm run select` shows why.
 */
import { bm25 } from '../../packages/edgewise/src/prepare/select/bm25.ts'
import { embed, type Model, seededRandom } from '../../packages/engine/src/index.ts'

export type Scores = readonly number[]
type Score = (question: string, passages: readonly string[]) => Promise<Scores>

const turn = async (): Promise<void> => {}
/** UTF-16 units of a passage that a model is shown: the embedded one has a context of 512 tokens. */
const SHOWN = 700

export const byWords: Score = (question, passages) => bm25(question, passages, turn)
export const byPlace: Score = async (_, passages) => passages.map((_, i) => passages.length - i)

export function byChance(): Score {
  const random = seededRandom(5)
  return async (_, passages) => passages.map(() => random())
}

/** Cosine of the mean states; those of a passage are kept, since the sets show it many times. */
export function byEmbedding(model: Model): Score {
  const known = new Map<string, Float32Array>()
  const vectorOf = async (text: string): Promise<Float32Array> => {
    const vector = known.get(text) ?? (await embed(model, [text.slice(0, SHOWN)]))[0]!
    known.set(text, vector)
    return vector
  }
  return async (question, passages) => {
    const asked = await vectorOf(question)
    const scores: number[] = []
    for (const passage of passages) {
      const vector = await vectorOf(passage)
      // 1 more, since a score of 0 and less means none.
      scores.push(1 + vector.reduce((sum, value, i) => sum + value * asked[i]!, 0))
    }
    return scores
  }
}

/**
 * Mean log-probability of the question's tokens behind the passage (Ponte and Croft 1998, with a language model of today), for the
 * `best` passages by BM25; the others stay below them. A pass of the model for each.
 */
export function byLikelihood(model: Model, best: number): Score {
  const { tokenizer } = model
  const head = tokenizer.addBos && tokenizer.bos !== undefined ? [tokenizer.bos] : []
  const one = async (question: string, passage: string): Promise<number> => {
    using session = model.session()
    const shown = tokenizer.encode(`${passage.trim().slice(0, SHOWN)}\n\nQuestion: `, { literal: true })
    const asked = tokenizer.encode(question, { literal: true, continues: true })
    const { logits, rows } = await session.run([...head, ...shown], turn, asked.slice(0, -1))
    const logprobs = asked.map((id, i) => logits[i * tokenizer.size + id]! - rows[i]!.logSum)
    return logprobs.reduce((sum, logprob) => sum + logprob, 0) / asked.length
  }
  return async (question, passages) => {
    const words = await byWords(question, passages)
    const scores = words.map(() => 0)
    const top = ranked(words).slice(0, best)
    for (const i of top) scores[i] = 100 + (await one(question, passages[i]!))
    return scores
  }
}

/** Reciprocal rank fusion with its usual constant: Cormack, Clarke and Büttcher, SIGIR 2009. */
export function rankFusion(a: Scores, b: Scores): number[] {
  const [first, second] = [ranks(a), ranks(b)]
  return a.map((_, i) => 1 / (60 + first[i]!) + 1 / (60 + second[i]!))
}

/** Standard scores, the second weighted, over the passages that the second has a score for; those stay above the others. */
export function standardFusion(a: Scores, b: Scores, weight: number): number[] {
  const scored = b.map((_, i) => i).filter((i) => b[i]! > 0)
  const [first, second] = [a, b].map((scores) => standard(scored.map((i) => scores[i]!)))
  const fused = a.map(() => 0)
  scored.forEach((i, k) => {
    fused[i] = 100 + first![k]! + weight * second![k]!
  })
  return fused
}

function standard(values: Scores): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return values.map((value) => (value - mean) / (spread || 1))
}

const ranked = (scores: Scores): number[] =>
  scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b)

function ranks(scores: Scores): number[] {
  const places: number[] = []
  ranked(scores).forEach((i, place) => {
    places[i] = place + 1
  })
  return places
}
