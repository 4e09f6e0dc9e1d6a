/**
 * Logits to one token: repetition penalty, then top-k, top-p and min-p on the model's own probabilities, then
 * temperature and the draw; the order of llama.cpp's default chain. Temperature 0 takes the best after the penalty.
 * Pure but for the seeded generator a sampler holds: the same seed and logits give the same tokens.
 */
import { BadOptionError, NumericError } from '../errors.ts'
import { expSum } from './exp-sum.ts'
import { seededRandom } from './random.ts'

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

/** Draws a token. `recent` are the tokens so far, the last one last. Throws NumericError for logits without a maximum. */
export type Sampler = (logits: Float32Array, recent: readonly number[]) => Sampled

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

  return (logits, recent) => {
    const penalised = penalise(logits, recent, repetitionPenalty, repetitionWindow)
    const best = argmax(penalised)
    if (temperature === 0 && penalised === logits) {
      return { id: best, logprob: logProbabilityUnder(logits, best, logits[best]!) }
    }
    if (temperature === 0) return { id: best, logprob: logProbability(logits, best) }
    const top = penalised[best]!
    let ids = bestIds(penalised, topK ?? penalised.length)
    if (topP < 1) ids = nucleus(penalised, ids, top, topP)
    if (minP > 0) ids = ids.filter((id) => penalised[id]! >= top + Math.log(minP))
    const id = draw(penalised, ids, top, temperature, random())
    return { id, logprob: logProbability(logits, id) }
  }
}

/** log softmax(logits) at `id`, to nine digits. */
export function logProbability(logits: Float32Array, id: number): number {
  return logProbabilityUnder(logits, id, logits[argmax(logits)]!)
}

const logProbabilityUnder = (logits: Float32Array, id: number, top: number): number =>
  logits[id]! - top - Math.log(expSum(logits, top))

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

/** The ids of the k largest logits, in order of id; of equal ones at the border those of lower id. */
function bestIds(logits: Float32Array, k: number): number[] {
  const border = k < logits.length ? logits.slice().sort()[logits.length - k]! : Number.NEGATIVE_INFINITY
  let atBorder = Math.min(k, logits.length)
  for (let id = 0; id < logits.length; id++) if (logits[id]! > border) atBorder--
  const ids: number[] = []
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! > border || (logits[id]! === border && atBorder-- > 0)) ids.push(id)
  }
  return ids
}

/** The fewest of `ids`, best first, whose probabilities (among `ids`) sum to at least `topP`. */
function nucleus(logits: Float32Array, ids: readonly number[], top: number, topP: number): number[] {
  const { weights, total } = softmaxWeights(logits, ids, top, 1)
  // All tokens below this together weigh less than 1 - topP: the nucleus is among the others, and few need sorting.
  const floor = ((1 - topP) * total) / ids.length
  const sorted = ids.filter((_, i) => weights[i]! >= floor).sort((a, b) => logits[b]! - logits[a]! || a - b)
  let sum = 0
  const end = sorted.findIndex((id) => (sum += Math.exp(logits[id]! - top)) >= topP * total)
  return end < 0 ? sorted : sorted.slice(0, end + 1)
}

/** The token at `point` (0..1) of the distribution softmax(logits / temperature) over `ids`. */
function draw(
  logits: Float32Array,
  ids: readonly number[],
  top: number,
  temperature: number,
  point: number,
): number {
  const { weights, total } = softmaxWeights(logits, ids, top, temperature)
  // The best weighs 1 and `point` is at most 1 - 2^-32, far more below 1 than rounding adds up to: `left` always falls
  // below zero, at a token with a weight.
  let left = point * total
  let last = 0
  for (let i = 0; i < ids.length; i++) {
    last = ids[i]!
    left -= weights[i]!
    if (left < 0) break
  }
  return last
}

function softmaxWeights(
  logits: Float32Array,
  ids: readonly number[],
  top: number,
  temperature: number,
): { weights: Float64Array; total: number } {
  const weights = new Float64Array(ids.length)
  let total = 0
  for (let i = 0; i < ids.length; i++) {
    total += weights[i] = Math.exp((logits[ids[i]!]! - top) / temperature)
  }
  return { weights, total }
}

function check(field: string, value: number | undefined, isValid: boolean, range: string): void {
  if (!isValid) throw new BadOptionError(`${field} is ${value}: it must be ${range}`)
}
