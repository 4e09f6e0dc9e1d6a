/**
 * Calibration: a signal -> the probability that the answer is right, the best one that rises with the signal (isotonic regression by
 * pooling adjacent violators, Ayer et al. 1955). It changes no order, so no bar keeps other answers for it; it says what a value means.
 */

export interface Point {
  readonly signal: number
  /** 1 right, 0 wrong, or a score between. */
  readonly right: number
}

/** Steps in ascending order: from this signal on, this probability. */
export type Isotonic = readonly { readonly from: number; readonly probability: number }[]

export function fitIsotonic(points: readonly Point[]): Isotonic {
  const blocks: { from: number; sum: number; count: number }[] = []
  for (const { signal, right } of [...points].sort((a, b) => a.signal - b.signal)) {
    const last = blocks.at(-1)
    if (last?.from === signal) {
      last.sum += right
      last.count++
    } else blocks.push({ from: signal, sum: right, count: 1 })
  }
  const pooled: typeof blocks = []
  for (const block of blocks) {
    let last = { ...block }
    for (let before = pooled.at(-1); before && before.sum / before.count >= last.sum / last.count; ) {
      pooled.pop()
      last = { from: before.from, sum: before.sum + last.sum, count: before.count + last.count }
      before = pooled.at(-1)
    }
    pooled.push(last)
  }
  return pooled.map(({ from, sum, count }) => ({ from, probability: sum / count }))
}

/** Below all steps the first's. */
export function calibrated(steps: Isotonic, signal: number): number {
  let low = 0
  let high = steps.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (steps[middle]!.from <= signal) low = middle
    else high = middle - 1
  }
  return steps[low]!.probability
}

/**
 * Expected calibration error: by how much a stated probability is off from the share that is right, on average over ten bins of equal
 * width (Naeini et al. 2015).
 */
export function calibrationError(
  stated: readonly { readonly probability: number; readonly right: number }[],
): number {
  const bins = Array.from({ length: 10 }, () => ({ probability: 0, right: 0 }))
  for (const { probability, right } of stated) {
    const bin = bins[Math.min(9, Math.floor(probability * 10))]!
    bin.probability += probability
    bin.right += right
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.probability - bin.right), 0) / stated.length
}
