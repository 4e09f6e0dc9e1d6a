/**
 * Weights and activations that show a wrong kernel: codes at the ends of their range, scales of both signs and zero, and random
 * ones. Most are made of small integers and powers of two, so that sums are exact in f32 in whatever order they are taken; one
 * row and one token are uneven, for the roundings.
 */
import { seededRandom } from '../../../generate/random.ts'
import { byteLength, type TensorType, tensorTypes } from '../../../gguf/types.ts'

/** One more than kernels take at once. */
export const SAMPLE_ROWS = 9

/** No multiple of it or of what kernels take at once is the other's, so that a token in another's place shows. */
export const SAMPLE_TOKENS = 5

/** Of the rows and of the tokens the one whose sums are not exact. */
export const UNEVEN_ROW = 5
export const UNEVEN_TOKEN = 3

/** Byte offsets of the halves in a block: its scale, and its minimum where there is one. */
export const scaleOffsets: Readonly<Partial<Record<TensorType, readonly number[]>>> = {
  q4_0: [0],
  q4_1: [0, 2],
  q5_0: [0],
  q5_1: [0, 2],
  q8_0: [0],
  iq4_nl: [0],
  q2_k: [80, 82],
  q3_k: [108],
  q4_k: [0, 2],
  q5_k: [0, 2],
  q6_k: [208],
  iq4_xs: [0],
}

/** [SAMPLE_ROWS, cols] as a file has it: all bits set, none, the top ones, scales of zero, the rest random. */
export function sampleWeights(type: TensorType, cols: number): Uint8Array {
  const random = seededRandom(1)
  const rowBytes = byteLength(type, cols)
  const words = new Uint32Array(Math.ceil((SAMPLE_ROWS * rowBytes) / 4))
  for (let i = 0; i < words.length; i++) words[i] = random() * 2 ** 32
  const bytes = new Uint8Array(words.buffer, 0, SAMPLE_ROWS * rowBytes)
  for (const [row, fill] of [0xff, 0x00, 0x80].entries()) {
    bytes.fill(fill, row * rowBytes, (row + 1) * rowBytes)
  }
  const { bytes: stride } = tensorTypes[type]
  for (let at = 0; at < bytes.length; at += stride) {
    const row = Math.floor(at / rowBytes)
    const sign = random() < 0.5 ? 0x80 : 0
    // 1/4 to 2, and for the uneven row any fraction.
    const exponent = 13 + Math.floor(random() * 4)
    const fraction = row === UNEVEN_ROW ? Math.floor(random() * 1024) : 0
    const half = row === 3 ? 0 : (sign << 8) | (exponent << 10) | fraction
    for (const offset of scaleOffsets[type] ?? []) bytes.set([half & 255, half >> 8], at + offset)
    if (type === 'mxfp4') bytes[at] = row === 3 ? 0 : 113 + exponent
    const whole = Math.floor(random() * 17) - 8 || 8
    const value = row === 3 ? 0 : row === UNEVEN_ROW ? (random() - 0.5) * 8 : whole
    writeFloat(type, bytes, at, value)
  }
  return bytes
}

/** Of types without blocks. f16 and bf16 by the upper bits of the f32, which a small integer fits. */
function writeFloat(type: TensorType, bytes: Uint8Array, at: number, value: number): void {
  float[0] = value
  if (type === 'f32') bytes.set(new Uint8Array(float.buffer), at)
  else if (type === 'bf16') bytes.set(new Uint8Array(float.buffer, 2), at)
  else if (type === 'f16') {
    const [word] = new Uint32Array(float.buffer)
    const half = value === 0 ? 0 : ((word! >>> 16) & 0x8000) | (((word! >>> 13) & 0x3ffff) - (112 << 10))
    bytes.set([half & 255, (half >> 8) & 255], at)
  }
}
const float = new Float32Array(1)

/**
 * [SAMPLE_TOKENS, cols]: whole numbers to 127, of which each block has one; random ones, all of them the largest, of one sign and
 * of both, uneven ones, and random ones again.
 */
export function sampleActivations(cols: number): Float32Array {
  const random = seededRandom(2)
  const x = new Float32Array(SAMPLE_TOKENS * cols)
  for (let token = 0; token < SAMPLE_TOKENS; token++) {
    for (let i = 0; i < cols; i++) {
      const whole = token === 1 ? 127 : token === 2 ? 127 - 254 * (i % 2) : Math.floor(random() * 255) - 127
      const value = token === UNEVEN_TOKEN ? random() - 0.5 : i % 32 === token % 32 ? 127 : whole
      x[token * cols + i] = value
    }
  }
  return x
}
