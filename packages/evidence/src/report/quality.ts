/**
 * How good answers were, as far as somebody judged them. Harm: of the device's answers that were compared with the cloud's, those that
 * were worse. What users said of the answers they got is told apart: they know no other.
 */
import type { Judgement } from '../judgement.ts'
import type { Receipt } from '../receipt.ts'
import { clopperPearson } from '../statistics/binomial.ts'
import { ExactSum } from '../statistics/exact-sum.ts'
import { CONFIDENCE, type Quality, type Share, SMALL } from './types.ts'
import { answeredBy } from './where.ts'

/** Of `n` as a sample; null of none. */
export function shareOf(count: number, n: number): Share | null {
  if (n === 0) return null
  return { count, n, share: count / n, ...clopperPearson(count, n, CONFIDENCE), small: n < SMALL }
}

/** Who knows better is heard first: an answer known to be right, the host's function, the cloud's answer. */
const strength: Readonly<Record<Judgement['by'], number>> = { exact: 3, function: 2, shadow: 1, user: 0 }

export class QualityCount {
  readonly #by: Record<Judgement['by'], number> = { user: 0, shadow: 0, function: 0, exact: 0 }
  #judged = 0
  #compared = 0
  #harmed = 0
  readonly #loss = new ExactSum()
  #feedback = 0
  readonly #feedbackSum = new ExactSum()
  #bad = 0

  /** `all`: the judgements of this call, in the order they were made. */
  add(receipt: Receipt, all: readonly Judgement[]): void {
    // A shadow that came to nothing says nothing.
    const judgements = all.filter(({ device, cloud }) => device !== null || cloud !== null)
    if (judgements.length === 0) return
    this.#judged += 1
    const by = answeredBy(receipt)
    let best: Judgement | null = null
    let said: number | null = null
    for (const judgement of judgements) {
      this.#by[judgement.by] += 1
      if (judgement.by === 'user') {
        said = (by === 'cloud' ? judgement.cloud : judgement.device) ?? said
      } else if (judgement.device !== null && judgement.cloud !== null) {
        if (best === null || strength[judgement.by] >= strength[best.by]) best = judgement
      }
    }
    if (said !== null) {
      this.#feedback += 1
      this.#feedbackSum.add(said)
      if (said < 0.5) this.#bad += 1
    }
    // An answer that the cloud gave in the end has harmed nobody.
    if (best === null || by !== 'device') return
    const loss = Math.max(0, best.cloud! - best.device!)
    this.#compared += 1
    this.#loss.add(loss)
    if (loss > 0) this.#harmed += 1
  }

  done(): Quality {
    return {
      judged: this.#judged,
      by: { ...this.#by },
      harm: shareOf(this.#harmed, this.#compared),
      meanLoss: this.#compared === 0 ? null : this.#loss.value / this.#compared,
      feedback: {
        n: this.#feedback,
        mean: this.#feedback === 0 ? null : this.#feedbackSum.value / this.#feedback,
        bad: this.#bad,
      },
    }
  }
}
