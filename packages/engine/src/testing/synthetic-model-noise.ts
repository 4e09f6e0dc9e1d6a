/**
 * Seeded numbers that look like trained weights, the same on every host: integers are hashed, and what is made of them
 * uses only operations that IEEE 754 rounds exactly (no Math.log, Math.pow or Math.cos). A number depends on its key and
 * its index alone, so any part of a tensor can be made without the rest.
 */

/** A well-mixed 32-bit integer of `x`: lowbias32 (Chris Wellons, hash-prospector, public domain). */
export function hash(x: number): number {
  let h = x | 0
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

/** A key for the numbers of one tensor. */
export function keyOf(seed: number, name: string): number {
  let key = hash(seed)
  for (let i = 0; i < name.length; i++) key = hash(key ^ name.charCodeAt(i))
  return key
}

/** 0 to 1, in steps of 2^-32. */
export function uniform(key: number, i: number): number {
  return hash(Math.imul(i, 0x9e3779b9) ^ key) / 2 ** 32
}

/**
 * The value of each sum of four bytes: nearly normal in the middle, with tails that reach 4.6 standard deviations.
 * Their kurtosis is 4.6; a normal distribution has 3, and so do matrices before training.
 */
const heavyTailed = Float32Array.from({ length: 1021 }, (_, sum) => {
  const z = (sum - 510) / 147.8
  return z * (0.7763 + 0.0776 * z * z)
})

/** Heavy-tailed numbers of mean 0 and variance 1 for out[from, to), numbered from `first` in the key's sequence. */
export function fillNoise(out: Float32Array, from: number, to: number, key: number, first: number): void {
  for (let i = from, n = first; i < to; i++, n++) {
    let h = Math.imul(n, 0x9e3779b9) ^ key
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
    h ^= h >>> 16
    out[i] = heavyTailed[(h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24)]!
  }
}

/**
 * [rows, cols] of standard deviation `std`. Rows differ in size by up to a third; one input channel in a hundred is an
 * outlier of three times the others' size, as trained matrices have them.
 */
export function matrix(rows: number, cols: number, std: number, key: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows * cols)
  const channels = Float32Array.from({ length: cols }, (_, c) =>
    uniform(key ^ 0x5bd1e995, c) < 0.01 ? 3 : 1,
  )
  for (let r = 0, at = 0; r < rows; r++, at += cols) {
    fillNoise(out, at, at + cols, key, at)
    const scale = std * (0.75 + 0.5 * uniform(key ^ 0x2545f491, r))
    for (let c = 0; c < cols; c++) out[at + c]! *= scale * channels[c]!
  }
  return out
}

/** [count] gains of a norm around `center`: spread by a quarter, with one channel in sixty-four far above or below. */
export function gains(count: number, center: number, key: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count)
  fillNoise(out, 0, count, key, 0)
  for (let c = 0; c < count; c++) {
    const odd = uniform(key ^ 0x5bd1e995, c)
    const outlier = odd < 1 / 128 ? 2.5 : odd < 1 / 64 ? 0.1 : 1
    out[c] = center * outlier * Math.max(0.05, 1 + 0.2 * out[c]!)
  }
  return out
}

/** Where each of `count` things goes: Fisher and Yates's shuffle. */
export function permutation(count: number, key: number): Int32Array {
  const out = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = hash(Math.imul(i, 0x9e3779b9) ^ key) % (i + 1)
    const kept = out[i]!
    out[i] = out[j]!
    out[j] = kept
  }
  return out
}
