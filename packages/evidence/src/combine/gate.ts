/**
 * Is a combination of signals better than the plain one? It is fitted on one half of the items and held against the plain signal on the
 * other, which it has not seen; only where it is better there beyond chance may it be used. On a few hundred items it mostly is not.
 */
import { featureOf, signalOf } from '../certify/sample.ts'
import { auroc } from '../statistics/auroc.ts'
import type { Interval } from '../statistics/bootstrap.ts'
import { hash32, seededRandom } from '../statistics/random.ts'
import { judgedItem, type ModelPair, type Outcome, type TraceItem } from '../trace/item.ts'
import { type Combination, combine } from './combination.ts'
import { type Example, fitLogistic } from './fit-logistic.ts'
import { calibrated, calibrationError, fitIsotonic } from './isotonic.ts'

export interface Gate {
  /** Whether the combination may be used. */
  readonly passed: boolean
  /** A sentence for people. */
  readonly why: string
  readonly combination: Combination
  /** Areas under the ROC curve on the items kept aside. */
  readonly plainAuroc: number
  readonly combinedAuroc: number
  /** 90 %, of the second less the first. */
  readonly difference: Interval
  /** How far probabilities are off there: the exponential of the plain signal, where it is a logarithm; the same through isotonic calibration; the combination. */
  readonly plainError: number | null
  readonly isotonicError: number
  readonly combinedError: number
  readonly fitted: number
  readonly aside: number
}

/** Whether an item is kept aside: half of them, by their ids, whatever else they are. */
export const isAside = ({ id }: Pick<TraceItem, 'id'>): boolean => hash32(id) % 2 === 1

/** Less than this on either side of right and wrong proves nothing. */
const FEWEST = 20
const DRAWS = 500

/** null when there are too few items, or no second feature that all of those it is fitted on have. */
export function gate(items: readonly TraceItem[], pair: ModelPair, signal: string): Gate | null {
  const judged = items.flatMap((item) => judgedItem(item, pair) ?? [])
  // What those kept aside are like, which features they lack for one, must have no part in what is proven on them.
  const fitted = judged.filter((item) => !isAside(item)).map(({ device }) => device)
  const aside = judged.filter(isAside).map(({ device }) => device)
  const names = featuresOf(fitted, signal)
  if (names.length < 2 || !isEnough(fitted) || !isEnough(aside)) return null
  const examples = fitted.map((device): Example & { readonly plain: number } => ({
    features: names.map((name) => featureOf(device, name)!),
    right: device.score,
    plain: signalOf(device, signal, null)!,
  }))
  const combination = fitLogistic(names, examples)
  // Without a value none is kept: it is below all others.
  const scored = aside.map((device) => ({
    plain: signalOf(device, signal, null) ?? Number.NEGATIVE_INFINITY,
    combined: combine(combination, (name) => featureOf(device, name)) ?? 0,
    right: device.score,
  }))
  const difference = betterBy(scored)
  const plainAuroc = areaOf(scored, 'plain')
  const combinedAuroc = areaOf(scored, 'combined')
  const passed = difference.low > 0
  const steps = fitIsotonic(examples.map(({ plain, right }) => ({ signal: plain, right })))
  const stated = (probability: (item: (typeof scored)[number]) => number) =>
    calibrationError(scored.map((item) => ({ probability: probability(item), right: item.right })))
  return {
    passed,
    why: `on ${aside.length} items kept aside the combination of ${names.join(', ')} has an AUROC of ${combinedAuroc.toFixed(3)}, ${signal} alone ${plainAuroc.toFixed(3)}: ${passed ? 'it is used' : `not better beyond chance, so ${signal} stays`}`,
    combination,
    plainAuroc,
    combinedAuroc,
    difference,
    plainError: scored.every(({ plain }) => plain <= 0) ? stated(({ plain }) => Math.exp(plain)) : null,
    isotonicError: stated(({ plain }) => calibrated(steps, plain)),
    combinedError: stated(({ combined }) => combined),
    fitted: fitted.length,
    aside: aside.length,
  }
}

const isEnough = (outcomes: readonly { readonly score: number }[]): boolean => {
  const right = outcomes.filter(({ score }) => score > 0.5).length
  return right >= FEWEST && outcomes.length - right >= FEWEST
}

/** The plain signal first, then every other that all outcomes have, and the tokens where they are known. */
function featuresOf(outcomes: readonly Outcome[], signal: string): string[] {
  const [first] = outcomes
  if (first === undefined) return []
  const others = Object.keys(first.signals).filter((name) => name !== signal)
  return [signal, ...others.sort(), 'inputTokens', 'outputTokens'].filter((name) =>
    outcomes.every((outcome) => Number.isFinite(featureOf(outcome, name) ?? Number.NaN)),
  )
}

interface Scored {
  readonly plain: number
  readonly combined: number
  readonly right: number
}

const areaOf = (items: readonly Scored[], which: 'plain' | 'combined'): number =>
  auroc(items.map((item) => ({ signal: item[which], right: item.right > 0.5 }))) ?? 0.5

/** The same items are drawn for both. */
function betterBy(items: readonly Scored[]): Interval {
  const random = seededRandom(items.length)
  const differences = Array.from({ length: DRAWS }, () => {
    const drawn = items.map(() => items[Math.floor(random() * items.length)]!)
    return areaOf(drawn, 'combined') - areaOf(drawn, 'plain')
  }).sort((a, b) => a - b)
  return { low: differences[Math.floor(DRAWS * 0.05)]!, high: differences[Math.floor(DRAWS * 0.95)]! }
}
