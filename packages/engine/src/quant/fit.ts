/**
 * The searches behind the K types: the scale (and the minimum) under which a few values and their integers differ least,
 * weighted so that large values count more. The same candidates in the same order with the same f32 roundings as
 * ggml's make_qkx2_quants, make_qx_quants and make_q3_quants (ggml-quants.c), hence the same bits.
 * No allocation.
 */
import { nearestInt, roundEven } from './half.ts'

const fround = Math.fround

/** Below this a group is zero. Source: GROUP_MAX_EPS. */
export const tiny: number = fround(1e-15)

/** What is found for the groups of one block. */
export interface Fit {
  /** [256], counted from zero. */
  readonly levels: Uint8Array
  /** [groups] */
  readonly scales: Float32Array
  /** [groups] */
  readonly mins: Float32Array
}

/** How groups with a scale and a minimum are searched. */
export interface ScaleAndMinSearch {
  /** Values in a group, and the highest level. */
  readonly size: 16 | 32
  readonly top: number
  /** The factors tried are (first + step * n + top) / range, n = 0..last. */
  readonly first: number
  readonly step: number
  readonly last: number
  /** Whether errors are weighed as they are, else squared. */
  readonly absolute: boolean
}

/** What a search for a scale tries: factors (top + n / 10) / largest, the plain one first. */
const tenth = fround(0.1)
const tenths = Int8Array.of(0, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9)

/** The levels of the candidate at hand, and the products that do not depend on it. */
const trial = new Uint8Array(32)
const weightedCube = new Float32Array(16)
const square = new Float32Array(16)

/**
 * Group `group` of the block at `values[block]`: value i is about scale * level - min, min >= 0.
 * `weights` [size] are not negative.
 */
export function fitScaleAndMin(
  values: Float32Array,
  block: number,
  group: number,
  search: ScaleAndMinSearch,
  weights: Float32Array,
  fit: Fit,
): void {
  const { size: count, top, first, step, last, absolute } = search
  const { levels, scales, mins } = fit
  const to = group * count
  const from = block + to
  let min = values[from]!
  let max = min
  let sumW = weights[0]!
  let sumX = fround(sumW * min)
  for (let i = 1; i < count; i++) {
    const x = values[from + i]!
    if (x < min) min = x
    if (x > max) max = x
    sumW = fround(sumW + weights[i]!)
    sumX = fround(sumX + fround(weights[i]! * x))
  }
  if (min > 0) min = 0
  if (max === min) {
    for (let i = 0; i < count; i++) levels[to + i] = 0
    scales[group] = 0
    mins[group] = -min
    return
  }
  let scale = fround(1 / fround(top / fround(max - min)))
  let bestError = 0
  takeLevels(values, from, count, top, fround(top / fround(max - min)), min)
  for (let i = 0; i < count; i++) {
    const level = trial[i]!
    levels[to + i] = level
    const off = fround(fround(fround(scale * level) + min) - values[from + i]!)
    bestError = fround(bestError + fround(weights[i]! * (absolute ? Math.abs(off) : fround(off * off))))
  }
  for (let n = 0; n <= last; n++) {
    // The minimum is the best one so far, so each candidate starts from where the last improvement left it.
    const factor = fround(fround(fround(first + fround(step * n)) + top) / fround(max - min))
    takeLevels(values, from, count, top, factor, min)
    let sumL = 0
    let sumL2 = 0
    let sumXL = 0
    for (let i = 0; i < count; i++) {
      const level = trial[i]!
      const weighted = fround(weights[i]! * level)
      sumL = fround(sumL + weighted)
      sumL2 = fround(sumL2 + fround(weighted * level))
      sumXL = fround(sumXL + fround(weighted * values[from + i]!))
    }
    const determinant = fround(fround(sumW * sumL2) - fround(sumL * sumL))
    if (!(determinant > 0)) continue
    let trialScale = fround(fround(fround(sumW * sumXL) - fround(sumX * sumL)) / determinant)
    let trialMin = fround(fround(fround(sumL2 * sumX) - fround(sumL * sumXL)) / determinant)
    if (trialMin > 0) {
      trialMin = 0
      trialScale = fround(sumXL / sumL2)
    }
    let error = 0
    // Errors only add up, so the sum need not be finished once it is no better.
    for (let i = 0; i < count && error < bestError; i++) {
      const off = fround(fround(fround(trialScale * trial[i]!) + trialMin) - values[from + i]!)
      error = fround(error + fround(weights[i]! * (absolute ? Math.abs(off) : fround(off * off))))
    }
    if (error < bestError) {
      for (let i = 0; i < count; i++) levels[to + i] = trial[i]!
      bestError = error
      scale = trialScale
      min = trialMin
    }
  }
  scales[group] = scale
  mins[group] = -min
}

function takeLevels(
  values: Float32Array,
  from: number,
  count: number,
  top: number,
  factor: number,
  min: number,
): void {
  for (let i = 0; i < count; i++) {
    const level = nearestInt(fround(factor * fround(values[from + i]! - min)))
    trial[i] = Math.max(0, Math.min(top, level))
  }
}

/** Group `group` of 16: value i is about scale * (level - top), level 0..2 * top - 1; the scale has either sign. */
export function fitScale(values: Float32Array, block: number, group: number, top: number, fit: Fit): void {
  const { levels, scales } = fit
  const to = 16 * group
  const from = block + to
  const max = largestOf16(values, from)
  if (Math.abs(max) < tiny) {
    for (let i = 0; i < 16; i++) levels[to + i] = 0
    scales[group] = 0
    return
  }
  prepareWeights(values, from)
  let scale = 0
  let best = 0
  for (let n = 0; n < tenths.length; n++) {
    const factor = fround(-fround(top + fround(tenth * tenths[n]!)) / max)
    let sumXL = 0
    let sumL2 = 0
    for (let i = 0; i < 16; i++) {
      const level = Math.max(-top, Math.min(top - 1, roundEven(fround(factor * values[from + i]!))))
      sumXL = fround(sumXL + fround(weightedCube[i]! * level))
      sumL2 = fround(sumL2 + fround(fround(square[i]! * level) * level))
    }
    const better = sumL2 > 0 && fround(sumXL * sumXL) > fround(best * sumL2)
    if (n > 0 && !better) continue
    for (let i = 0; i < 16; i++) {
      levels[to + i] = top + Math.max(-top, Math.min(top - 1, roundEven(fround(factor * values[from + i]!))))
    }
    scale = sumL2 === 0 ? 0 : fround(sumXL / sumL2)
    best = fround(scale * sumXL)
  }
  scales[group] = scale
}

/** As `fitScale` with top 4, but it moves one level at a time to where the scale fits best, at most five rounds. */
export function fitScaleByLevels(values: Float32Array, block: number, group: number, fit: Fit): void {
  const { levels, scales } = fit
  const to = 16 * group
  const from = block + to
  const max = largestOf16(values, from)
  if (Math.abs(max) < tiny) {
    for (let i = 0; i < 16; i++) levels[to + i] = 0
    scales[group] = 0
    return
  }
  prepareWeights(values, from)
  const factor = fround(-4 / max)
  let sumXL = 0
  let sumL2 = 0
  for (let i = 0; i < 16; i++) {
    const level = Math.max(-4, Math.min(3, roundEven(fround(factor * values[from + i]!))))
    levels[to + i] = level + 4
    sumXL = fround(sumXL + fround(weightedCube[i]! * level))
    sumL2 = fround(sumL2 + fround(fround(square[i]! * level) * level))
  }
  for (let round = 0; round < 5; round++) {
    let changed = false
    for (let i = 0; i < 16; i++) {
      const w = square[i]!
      const wx = weightedCube[i]!
      const level = levels[to + i]! - 4
      const otherXL = fround(sumXL - fround(wx * level))
      if (!(otherXL > 0)) continue
      const otherL2 = fround(sumL2 - fround(fround(w * level) * level))
      const best = nearestInt(fround(fround(values[from + i]! * otherL2) / otherXL))
      const moved = Math.max(-4, Math.min(3, best))
      if (moved === level) continue
      const xl = fround(otherXL + fround(wx * moved))
      const l2 = fround(otherL2 + fround(fround(w * moved) * moved))
      if (!(l2 > 0)) continue
      if (fround(fround(xl * xl) * sumL2) > fround(fround(sumXL * sumXL) * l2)) {
        levels[to + i] = moved + 4
        sumXL = xl
        sumL2 = l2
        changed = true
      }
    }
    if (!changed) break
  }
  scales[group] = sumL2 > 0 ? fround(sumXL / sumL2) : 0
}

/** Squares as weights, and the weight times the value. */
function prepareWeights(values: Float32Array, from: number): void {
  for (let i = 0; i < 16; i++) {
    const x = values[from + i]!
    square[i] = x * x
    weightedCube[i] = square[i]! * x
  }
}

function largestOf16(values: Float32Array, from: number): number {
  let found = 0
  for (let i = from; i < from + 16; i++) if (Math.abs(values[i]!) > Math.abs(found)) found = values[i]!
  return found
}
