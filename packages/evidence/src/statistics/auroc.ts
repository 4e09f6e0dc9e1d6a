/**
 * How well a signal tells right answers from wrong ones: the area under the ROC curve, which is the probability that a right answer's
 * signal is above a wrong one's, ties counting half (Mann-Whitney). 0.5 is a coin, 1 is perfect.
 */

/** null when all answers are right, or all wrong. O(n log n). */
export function auroc(items: readonly { readonly signal: number; readonly right: boolean }[]): number | null {
  const sorted = [...items].sort((a, b) => a.signal - b.signal)
  let right = 0
  let wrong = 0
  let below = 0
  for (let i = 0; i < sorted.length; ) {
    let end = i
    let rightHere = 0
    while (end < sorted.length && sorted[end]!.signal === sorted[i]!.signal)
      if (sorted[end++]!.right) rightHere++
    const wrongHere = end - i - rightHere
    below += rightHere * (wrong + wrongHere / 2)
    right += rightHere
    wrong += wrongHere
    i = end
  }
  return right === 0 || wrong === 0 ? null : below / (right * wrong)
}
