/**
 * GELU as llama.cpp's CPU path has it: the tanh form (Hendrycks and Gimpel, section 2) of the input rounded to f16, the
 * result rounded to f16 too, from a table of all halves. It is coarser than it need be, by up to 2^-11 of a value, and kept
 * to because real Gemma models carry such a difference on to their logits: greedy tokens then part at every close call.
 */
import { floatToHalf, halfToFloat, roundToHalf } from '../quant/half.ts'

const fround = Math.fround
const COEFFICIENT = fround(0.044715)
const FACTOR = fround(Math.sqrt(2 / Math.PI))

/** From here on (and below -10, where it is 0) the value is the input itself, not rounded. */
export const GELU_LINEAR = 10

let table: Float32Array | undefined

/** [65536] the f32 value for the bits of every half; 0 up to -10. What stands at 10 and above is not to be used. */
export function geluOfHalves(): Float32Array {
  if (table) return table
  table = new Float32Array(65_536)
  for (let half = 0; half < 65_536; half++) table[half] = roundToHalf(gelu(halfToFloat(half)))
  return table
}

/** The value of one f32. */
export function roundedGelu(x: number): number {
  return x < GELU_LINEAR ? geluOfHalves()[floatToHalf(x)]! : x
}

/** Each step is rounded to f32, in the order of ggml_gelu_f32. */
function gelu(x: number): number {
  if (x <= -GELU_LINEAR) return 0
  const inner = fround(1 + fround(fround(COEFFICIENT * x) * x))
  const tanh = fround(Math.tanh(fround(fround(FACTOR * x) * inner)))
  return fround(fround(0.5 * x) * fround(1 + tanh))
}
