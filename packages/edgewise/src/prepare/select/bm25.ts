/**
 * BM25: how well passages answer a question by the words they share. Robertson and Zaragoza, "The Probabilistic Relevance
 * Framework: BM25 and Beyond" (2009), equation 3.15, with the passages of the call as the collection; the weight of a word
 * is ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative. Only the question's words are counted: memory
 * is passages times words of the question.
 */
import { eachWord } from './words.ts'

/** How soon more of the same word stops to count, and how much a long passage is held back: their usual values (section 3.6). */
export const K1 = 1.2
export const B = 0.75

/** The score of each passage, 0 without a shared word. `turn` is awaited between passages. */
export async function bm25(
  question: string,
  passages: readonly string[],
  turn: () => Promise<void>,
): Promise<number[]> {
  const terms = new Map<string, number>()
  eachWord(question, (word) => {
    if (!terms.has(word)) terms.set(word, terms.size)
  })
  const width = terms.size
  /** [passages, terms] how often each stands there. */
  const counts = new Float32Array(passages.length * width)
  const lengths = new Float64Array(passages.length)
  const found = new Float64Array(width)
  for (let i = 0; i < passages.length; i++) {
    await turn()
    eachWord(passages[i]!, (word) => {
      lengths[i]!++
      const term = terms.get(word)
      if (term !== undefined && counts[i * width + term]!++ === 0) found[term]!++
    })
  }
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const average = total / Math.max(1, passages.length)
  const weights = found.map((n) => Math.log(1 + (passages.length - n + 0.5) / (n + 0.5)))
  return passages.map((_, i) => {
    const norm = K1 * (1 - B + (B * lengths[i]!) / Math.max(1, average))
    let score = 0
    for (let term = 0; term < width; term++) {
      const count = counts[i * width + term]!
      if (count > 0) score += (weights[term]! * count * (K1 + 1)) / (count + norm)
    }
    return score
  })
}
