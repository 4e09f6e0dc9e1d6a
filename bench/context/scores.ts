/**
 * What passages can be ranked by: where they stand, chance, BM25, a model's embeddings, and BM25 together with these. Of them only
 * BM25 is in the product; `npm run select` shows why.
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
      // The question's own place among the passages is empty.
      const vector = passage === '' ? null : await vectorOf(passage)
      // 1 more, since a score of 0 and less means none.
      scores.push(vector === null ? 0 : 1 + vector.reduce((sum, value, i) => sum + value * asked[i]!, 0))
    }
    return scores
  }
}

/** Reciprocal rank fusion with its usual constant: Cormack, Clarke and Büttcher, SIGIR 2009. */
export function rankFusion(a: Scores, b: Scores): number[] {
  const [first, second] = [ranks(a), ranks(b)]
  return a.map((_, i) => 1 / (60 + first[i]!) + 1 / (60 + second[i]!))
}

/** Standard scores, the second weighted; 100 more, since a score of 0 and less means none. */
export function standardFusion(a: Scores, b: Scores, weight: number): number[] {
  const [first, second] = [standard(a), standard(b)]
  return a.map((_, i) => 100 + first[i]! + weight * second[i]!)
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
