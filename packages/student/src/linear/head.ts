/** A head at work: text in, calibrated answer out. Built from what was learned or read; it never changes. */

import { featuresOf } from './features.ts'
import { encodeHead } from './file.ts'
import { type Known, rowOf } from './known.ts'
import { outsideShare, type Scope, scopeFacts, scopeScore } from './scope.ts'
import { toShares } from './softmax.ts'
import { logits, type SparseWeights } from './steps.ts'
import type { LinearHead } from './types.ts'

/** All that a head is made of, and all that is in its file. */
export interface HeadParts {
  readonly labels: readonly string[]
  readonly outOfScopeLabel: string | null
  readonly known: Known
  readonly weights: SparseWeights
  readonly temperature: number
  readonly scope: Scope
}

export function headOf(parts: HeadParts): LinearHead {
  const { labels, outOfScopeLabel, known, weights, temperature, scope } = parts
  const outside = outOfScopeLabel === null ? -1 : labels.indexOf(outOfScopeLabel)
  const read = (text: string): { own: Float32Array; outOfScope: number } => {
    const row = rowOf(featuresOf(text), known)
    const own = new Float32Array(labels.length)
    logits(row, weights, own)
    const score = scopeScore(scopeFacts(own, row.unknown, outside), scope.coefficients)
    toShares(own, temperature)
    return { own, outOfScope: outsideShare(score, scope.quantiles) }
  }
  return {
    labels,
    outOfScopeLabel,
    classify(text) {
      const { own, outOfScope } = read(text)
      let best = 0
      for (let k = 1; k < own.length; k++) if (own[k]! > own[best]!) best = k
      return { label: labels[best]!, probability: own[best]!, outOfScope }
    },
    probabilities: (text) => read(text).own,
    bytes: () => encodeHead(parts),
  }
}
