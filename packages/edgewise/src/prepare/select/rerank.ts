/**
 * BM25's best passages in another order, once a model has scored them too: by the sum of both standard scores, the model's weighted.
 * The scores themselves stay and change places, so that what follows sees numbers of the same size.
 */

/** As many passages a model is asked about: each is a pass of it. */
const MOST = 16
/** Of the model's standard score; docs/context.md has what others come to. */
export const MODEL_WEIGHT = 1

/** The indices of the best scores above 0, best first. */
export function bestOf(scores: readonly number[]): number[] {
  return scores
    .map((_, i) => i)
    .filter((i) => scores[i]! > 0)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, MOST)
}

/** `model` has a number for each of `best`, which are the indices that `bestOf` gave. */
export function rerank(
  scores: readonly number[],
  best: readonly number[],
  model: readonly number[],
  weight: number = MODEL_WEIGHT,
): number[] {
  const words = standard(best.map((i) => scores[i]!))
  const opinion = standard(model)
  const fused = best.map((_, k) => words[k]! + weight * opinion[k]!)
  const order = best.map((_, k) => k).sort((a, b) => fused[b]! - fused[a]! || a - b)
  const out = scores.slice()
  order.forEach((k, place) => {
    // Ever so much more, so that equal scores are in this order, too.
    out[best[k]!] = scores[best[place]!]! * (1 + 1e-9 * (best.length - place))
  })
  return out
}

/** Distances from the mean in standard deviations; 0 where all are equal. */
function standard(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return values.map((value) => (value - mean) / (spread || 1))
}
