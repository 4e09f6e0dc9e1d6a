/**
 * The angles of rotary embeddings from operations that are exact on every host, so that files made from them have the
 * same bytes everywhere: what Math.pow and Math.cos give in the last bit is the host's own affair.
 */
import type { Family } from './synthetic-model-families.ts'

/** [headDim / 2]: by how much each pair of a head turns from one position to the next, base^(-2i / headDim). */
export function ropeFrequencies(base: number, headDim: number): Float64Array {
  // headDim / 2 is a power of two, so the root is as many square roots.
  let root = base
  for (let count = headDim / 2; count > 1; count /= 2) root = Math.sqrt(root)
  const out = new Float64Array(headDim / 2)
  for (let i = 0, value = 1; i < out.length; i++, value /= root) out[i] = value
  return out
}

/**
 * [headDim / 2]: what each frequency is divided by, as llama.cpp's converter writes it (conversion/llama.py,
 * generate_extra_tensors): short waves stay, long ones are stretched by the whole factor, between them it is blended.
 */
export function ropeFactors(family: Family): Float32Array<ArrayBuffer> | undefined {
  const { ropeBase, headDim, ropeFactors: rule } = family
  if (!rule) return undefined
  const { factor, low, high, original } = rule
  return Float32Array.from(ropeFrequencies(ropeBase, headDim), (frequency) => {
    const waves = original / ((2 * Math.PI) / frequency)
    if (waves > high) return 1
    if (waves < low) return factor
    const smooth = (waves - low) / (high - low)
    return 1 / ((1 - smooth) / factor + smooth)
  })
}

/** Cosine and sine of `angle` by their series. */
export function turn(angle: number): { cos: number; sin: number } {
  const rest = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI))
  let cos = 0
  let sin = 0
  for (let n = 0, term = 1; n < 40; n += 2) {
    cos += term
    sin += (term * rest) / (n + 1)
    term *= -(rest * rest) / ((n + 1) * (n + 2))
  }
  return { cos, sin }
}
