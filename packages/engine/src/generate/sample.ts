/**
 * Logits to one token: repetition penalty, then top-k, top-p and min-p on the model's own probabilities, then
 * temperature and the draw; the order of llama.cpp's default chain. Temperature 0 takes the best after the penalty.
 * Pure but for the seeded generator a sampler holds: the same seed and logits give the same tokens.
 */
import type { SoftmaxRow } from '../backend/backend.ts'
import { BadOptionError, NumericError } from '../errors.ts'
import type { Scored } from '../model/session.ts'
import { expSum } from './exp-sum.ts'
import { seededRandom } from './random.ts'
import { bestByWeight, kthLargest } from './select.ts'

export interface SamplingOptions {
  /** 0 (greedy) to 100; 0 when not given. */
  readonly temperature?: number
  /** Keep the k best, from 1; of equal ones those of lower id. */
  readonly topK?: number
  /** Keep the fewest best tokens whose probabilities reach this sum; above 0, up to 1. */
  readonly topP?: number
  /** Keep tokens of at least this part of the best one's probability, 0 to 1. */
  readonly minP?: number
  /** 0.01 to 100: logits of recent tokens are divided by it if positive and multiplied if negative (CTRL, section 4.1). */
  readonly repetitionPenalty?: number
  /** How many recent tokens the penalty looks at; 64 when not given. */
  readonly repetitionWindow?: number
  /** A whole number; its low 32 bits count. Random when not given. */
  readonly seed?: number
}

export interface Sampled {
  readonly id: number
  /** Natural logarithm of the probability the unmodified logits give the token. */
  readonly logprob: number
}

/**
 * Draws a token. `recent` are the tokens so far, the last one last; of `allowed`, where it is given, bit id & 31 of word
 * id >>> 5 tells whether a token may be drawn; `row` is what a softmax over the logits comes to, if that is known, as it takes a
 * while to find here. Throws NumericError for logits without a maximum.
 */
export type Sampler = (
  logits: Float32Array,
  recent: readonly number[],
  allowed?: Uint32Array,
  row?: SoftmaxRow,
) => Sampled

/** Throws BadOptionError naming the field and its range. */
export function createSampler(options: SamplingOptions = {}): Sampler {
  const { temperature = 0, topK, topP = 1, minP = 0, repetitionPenalty = 1, repetitionWindow = 64 } = options
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32)
  check('temperature', temperature, temperature >= 0 && temperature <= 100, '0 to 100')
  check('topK', topK, topK === undefined || (Number.isInteger(topK) && topK >= 1), 'a whole number from 1')
  check('topP', topP, topP > 0 && topP <= 1, 'above 0, up to 1')
  check('minP', minP, minP >= 0 && minP <= 1, '0 to 1')
  const isPenalty = repetitionPenalty >= 0.01 && repetitionPenalty <= 100
  check('repetitionPenalty', repetitionPenalty, isPenalty, '0.01 to 100')
  const isWindow = Number.isInteger(repetitionWindow) && repetitionWindow >= 0
  check('repetitionWindow', repetitionWindow, isWindow, 'a whole number from 0')
  check('seed', seed, Number.isSafeInteger(seed), 'a whole number')
  const random = seededRandom(seed)

  /** Room for the candidates: their ids and weights, and a copy of logits. */
  let ids = new Int32Array(0)
  let weights = new Float64Array(0)
  let copy = new Float32Array(0)

  return (logits, recent, allowed, row) => {
    const { best: most, logSum } = row && row.best >= 0 ? row : softmaxRow(logits)
    const result = (id: number): Sampled => ({ id, logprob: logits[id]! - logSum })
    const penalised = penalise(logits, recent, repetitionPenalty, repetitionWindow)
    const best = penalised === logits && !allowed ? most : bestAllowed(penalised, allowed)
    if (temperature === 0) return result(best)
    if (ids.length < logits.length) {
      ids = new Int32Array(logits.length)
      weights = new Float64Array(logits.length)
      copy = new Float32Array(logits.length)
    }
    const top = penalised[best]!
    let count = fillAllowed(ids, logits.length, allowed)
    if (topK !== undefined) count = keepBest(penalised, ids, count, topK, copy)
    if (topP < 1) count = keepNucleus(penalised, ids, weights, count, top, topP)
    if (minP > 0) count = keep(ids, count, (id) => penalised[id]! >= top + Math.log(minP))
    const total = weigh(penalised, ids, weights, count, top, temperature)
    return result(draw(penalised, ids, weights, count, random() * total, topP < 1))
  }
}

/** log softmax(logits) at `id`, to nine digits. */
export function logProbability(logits: Float32Array, id: number): number {
  return logits[id]! - softmaxRow(logits).logSum
}

function softmaxRow(logits: Float32Array): Pick<SoftmaxRow, 'best' | 'logSum'> {
  const best = argmax(logits)
  return { best, logSum: logits[best]! + Math.log(expSum(logits, logits[best]!)) }
}

/** The best token of the first row. Throws NumericError as a sampler does. */
export function bestOf({ logits, rows }: Scored): number {
  const { best } = rows[0]!
  return best >= 0 ? best : argmax(logits)
}

/** The place of the largest logit, the first of equal ones. -Infinity is a token ruled out; throws NumericError for NaN, +Infinity or all ruled out. */
export function argmax(logits: Float32Array): number {
  let best = 0
  let sound = true
  for (let i = 0; i < logits.length; i++) {
    if (!(logits[i]! < Number.POSITIVE_INFINITY)) sound = false
    if (logits[i]! > logits[best]!) best = i
  }
  if (sound && logits.length > 0 && logits[best]! > Number.NEGATIVE_INFINITY) return best
  throw new NumericError(
    'the logits hold NaN or infinity, or rule every token out: the weights may be damaged',
  )
}

function penalise(
  logits: Float32Array,
  recent: readonly number[],
  penalty: number,
  window: number,
): Float32Array {
  if (penalty === 1 || window === 0) return logits
  const out = logits.slice()
  for (const id of new Set(recent.slice(-window))) {
    out[id] = logits[id]! > 0 ? logits[id]! / penalty : logits[id]! * penalty
  }
  return out
}

/** The place of the largest logit that is allowed, the first of equal ones. */
function bestAllowed(logits: Float32Array, allowed: Uint32Array | undefined): number {
  let best = -1
  for (let id = 0; id < logits.length; id++) {
    if (allowed && ((allowed[id >>> 5]! >>> (id & 31)) & 1) === 0) continue
    if (best < 0 || logits[id]! > logits[best]!) best = id
  }
  if (best >= 0 && logits[best]! > Number.NEGATIVE_INFINITY) return best
  throw new NumericError('every allowed token is ruled out by the logits: the weights may be damaged')
}

/** The ids in rising order; how many they are. */
function fillAllowed(ids: Int32Array, size: number, allowed: Uint32Array | undefined): number {
  let count = 0
  for (let id = 0; id < size; id++) {
    if (!allowed || ((allowed[id >>> 5]! >>> (id & 31)) & 1) === 1) ids[count++] = id
  }
  return count
}

function keep(ids: Int32Array, count: number, isKept: (id: number) => boolean): number {
  let kept = 0
  for (let i = 0; i < count; i++) if (isKept(ids[i]!)) ids[kept++] = ids[i]!
  return kept
}

/** Keeps the ids of the k largest logits in their order; of equal ones at the border those of lower id. */
function keepBest(
  logits: Float32Array,
  ids: Int32Array,
  count: number,
  k: number,
  copy: Float32Array,
): number {
  if (k >= count) return count
  for (let i = 0; i < count; i++) copy[i] = logits[ids[i]!]!
  const border = kthLargest(copy, count, k)
  let atBorder = k
  for (let i = 0; i < count; i++) if (logits[ids[i]!]! > border) atBorder--
  return keep(ids, count, (id) => logits[id]! > border || (logits[id]! === border && atBorder-- > 0))
}

/** Keeps the fewest ids, best first, whose probabilities among `ids` sum to at least `topP`. */
function keepNucleus(
  logits: Float32Array,
  ids: Int32Array,
  weights: Float64Array,
  count: number,
  top: number,
  topP: number,
): number {
  const total = weigh(logits, ids, weights, count, top, 1)
  // All tokens below this together weigh less than 1 - topP: the nucleus is among the others.
  const floor = ((1 - topP) * total) / count
  let kept = 0
  for (let i = 0; i < count; i++) {
    if (weights[i]! < floor) continue
    ids[kept] = ids[i]!
    weights[kept++] = weights[i]!
  }
  return bestByWeight(ids, weights, kept, logits, topP * total, false)
}

/**
 * The id at `point` of the weights laid side by side: best first, or in the order of `ids`.
 * The best weighs 1 and `point` is far more below the total than rounding adds up to.
 */
function draw(
  logits: Float32Array,
  ids: Int32Array,
  weights: Float64Array,
  count: number,
  point: number,
  isBestFirst: boolean,
): number {
  if (isBestFirst) return ids[bestByWeight(ids, weights, count, logits, point, true) - 1]!
  let left = point
  let at = 0
  while (at < count - 1 && (left -= weights[at]!) >= 0) at++
  return ids[at]!
}

/** Below e^-50 of the best, what all entries of a vocabulary weigh together does not move a double's sum. */
const LIGHTEST = -50

/** Fills weights[i] with e^((logit of ids[i] - top) / temperature); their sum. */
function weigh(
  logits: Float32Array,
  ids: Int32Array,
  weights: Float64Array,
  count: number,
  top: number,
  temperature: number,
): number {
  let total = 0
  for (let i = 0; i < count; i++) {
    const x = (logits[ids[i]!]! - top) / temperature
    total += weights[i] = x < LIGHTEST ? 0 : Math.exp(x)
  }
  return total
}

function check(field: string, value: number | undefined, isValid: boolean, range: string): void {
  if (!isValid) throw new BadOptionError(`${field} is ${value}: it must be ${range}`)
}
