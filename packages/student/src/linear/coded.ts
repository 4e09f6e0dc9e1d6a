/** Known features and their weights as bytes, and back: gaps between places, rarities, and of each feature which labels it speaks for. */
import { StudentError } from '../errors.ts'
import { PLACES } from './features.ts'
import { type Known, MOST_RARITY } from './known.ts'
import { contexts, RangeReader, RangeWriter } from './range-coder.ts'
import { MOST_STEPS, type SparseWeights } from './steps.ts'

/** Steps up to here are counted one by one; what is above is a number. */
const COUNTED = 14
/** Contexts of a number. */
const NUMBER = 31
/** Features are alike in how many labels they speak for when they are alike rare. */
const CLASSES = (MOST_RARITY >> 4) + 1

interface Contexts {
  readonly gaps: Uint16Array
  readonly rarities: Uint16Array
  readonly biases: Uint16Array
  readonly biasSign: Uint16Array
  /** [CLASSES, none or one of the last two labels had a weight, both had]. */
  readonly zero: Uint16Array
  readonly sign: Uint16Array
  /** [signs, COUNTED]. */
  readonly size: Uint16Array
  readonly large: Uint16Array
}

const fresh = (): Contexts => ({
  gaps: contexts(NUMBER),
  rarities: contexts(NUMBER),
  biases: contexts(NUMBER),
  biasSign: contexts(1),
  zero: contexts(CLASSES * 3),
  sign: contexts(CLASSES),
  size: contexts(2 * COUNTED),
  large: contexts(NUMBER),
})

export function encodeWeights({ places, rarities }: Known, weights: SparseWeights): Uint8Array {
  const to = new RangeWriter()
  const use = fresh()
  for (const bias of weights.biases) {
    to.bit(use.biasSign, 0, bias < 0 ? 1 : 0)
    to.number(use.biases, 0, Math.abs(bias))
  }
  const count = weights.biases.length
  const dense = new Int16Array(count)
  for (let f = 0; f < places.length; f++) {
    to.number(use.gaps, 0, places[f]! - (f === 0 ? 0 : places[f - 1]! + 1))
    to.number(use.rarities, 0, rarities[f]!)
    dense.fill(0)
    for (let at = weights.starts[f]!; at < weights.starts[f + 1]!; at++)
      dense[weights.labels[at]!] = weights.steps[at]!
    const kind = rarities[f]! >> 4
    let before = 0
    let twoBefore = 0
    for (let k = 0; k < count; k++) {
      const step = dense[k]!
      const is = step === 0 ? 0 : 1
      to.bit(use.zero, kind * 3 + before + twoBefore, is)
      twoBefore = before
      before = is
      if (step === 0) continue
      const sign = step < 0 ? 1 : 0
      to.bit(use.sign, kind, sign)
      const size = Math.abs(step) - 1
      for (let i = 0; i < Math.min(size, COUNTED); i++) to.bit(use.size, sign * COUNTED + i, 1)
      if (size < COUNTED) to.bit(use.size, sign * COUNTED + size, 0)
      else to.number(use.large, 0, size - COUNTED)
    }
  }
  return to.bytes()
}

/** Throws StudentError `linear_invalid` for bytes that are no weights of so many features and labels. */
export function decodeWeights(
  bytes: Uint8Array,
  { features, labels: count }: { readonly features: number; readonly labels: number },
): { known: Known; weights: SparseWeights } {
  const from = new RangeReader(bytes)
  const use = fresh()
  const within = (value: number, most: number): number => {
    if (value > most)
      throw new StudentError(
        'linear_invalid',
        `the file of the linear head holds ${value} where ${most} is the most: train it again`,
      )
    return value
  }
  const signed = (negative: number, size: number): number => (negative === 1 ? -size : size)
  const biases = Int16Array.from({ length: count }, () => {
    const negative = from.bit(use.biasSign, 0)
    return signed(negative, within(from.number(use.biases, 0), MOST_STEPS))
  })
  const places = new Int32Array(features)
  const rarities = new Uint16Array(features)
  const starts = new Uint32Array(features + 1)
  const labels: number[] = []
  const steps: number[] = []
  for (let f = 0; f < features; f++) {
    const gap = from.number(use.gaps, 0)
    places[f] = within(gap + (f === 0 ? 0 : places[f - 1]! + 1), PLACES - 1)
    rarities[f] = within(from.number(use.rarities, 0), MOST_RARITY)
    const kind = rarities[f]! >> 4
    let before = 0
    let twoBefore = 0
    for (let k = 0; k < count; k++) {
      const is = from.bit(use.zero, kind * 3 + before + twoBefore)
      twoBefore = before
      before = is
      if (is === 0) continue
      const sign = from.bit(use.sign, kind)
      let size = 0
      while (size < COUNTED && from.bit(use.size, sign * COUNTED + size) === 1) size++
      if (size === COUNTED) size += from.number(use.large, 0)
      labels.push(k)
      steps.push(signed(sign, within(size + 1, MOST_STEPS)))
    }
    starts[f + 1] = labels.length
  }
  if (from.left > 0)
    throw new StudentError(
      'linear_invalid',
      `the file of the linear head has ${from.left} bytes too many: train it again`,
    )
  return {
    known: { places, rarities },
    weights: { starts, labels: Uint16Array.from(labels), steps: Int16Array.from(steps), biases },
  }
}
