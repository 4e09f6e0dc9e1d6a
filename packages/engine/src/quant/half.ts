/**
 * Half precision (IEEE 754 binary16) to and from f32, on bits, because not every host has Float16Array.
 * Both ways are exact or round to nearest, ties to even; subnormals, infinities and NaN included.
 */

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The f32 value of the 16 bits `half`. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 31
  const fraction = half & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  // 112 = 127 - 15, the difference of the two exponent biases.
  bits[0] = ((half & 0x8000) << 16) | ((exponent + 112) << 23) | (fraction << 13)
  return float[0]!
}

/** The 16 bits of the half nearest to the f32 `value`; from 65520 upwards that is infinity. */
export function floatToHalf(value: number): number {
  float[0] = value
  const all = bits[0]!
  const sign = (all >>> 16) & 0x8000
  const magnitude = all & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(float[0]!) * 2 ** 24)
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
}

/** The f32 value of the half at `bytes[at]`, little-endian. */
export function readHalf(bytes: Uint8Array, at: number): number {
  return halfToFloat(bytes[at]! | (bytes[at + 1]! << 8))
}

/** Writes the half nearest to the f32 `value` to `bytes[at]`, little-endian. */
export function writeHalf(bytes: Uint8Array, at: number, value: number): void {
  const half = floatToHalf(value)
  bytes[at] = half
  bytes[at + 1] = half >>> 8
}

/** `value` rounded through half precision. */
export function roundToHalf(value: number): number {
  return halfToFloat(floatToHalf(value))
}

/** Nearest integer, ties to even, for |value| < 2^51: adding 1.5 * 2^52 leaves no bits below one. */
export function roundEven(value: number): number {
  return value + 6755399441055744 - 6755399441055744
}

/**
 * Nearest integer, ties to even, of the f32 `value`, as ggml's quantisers take it (`nearest_int` of ggml-quants.c: the low
 * bits of value + 1.5 * 2^23). Beyond 22 bits, which only overflowing scales lead to, the same wrapped bits come out.
 */
export function nearestInt(value: number): number {
  if (Math.abs(value) <= 4194303) return roundEven(value)
  float[0] = value + 12582912
  return (bits[0]! & 0x7fffff) - 0x400000
}
