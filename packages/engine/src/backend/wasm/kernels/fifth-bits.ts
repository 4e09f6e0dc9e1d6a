/**
 * The fifth bits of 32 codes, which stand together in 32 bits, times activations without being spread to the codes' bytes.
 * The 32 bits are put in every 32-bit lane, and lane j keeps bit j of each byte, so that a dot product with the activations of
 * those four bits gives 2^j times their sum; bits 4 to 7 follow, moved down by four, and a last product makes each lane's 16
 * times the sum. The activations are read in that order: plane 0 has those of bits 0 to 3 of every byte, plane 1 of 4 to 7.
 */
import { type Code, type FunctionBuilder, type Local, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import { dotTo16, dotTo32 } from './dot-product.ts'
import { zero } from './simd.ts'

/** Of 32 activations as bytes those of a plane: byte 4 j + m is that of bit j, or 4 + j, of byte m. */
export const planes: readonly (readonly number[])[] = [0, 4].map((first) =>
  Array.from({ length: 16 }, (_, i) => 8 * (i & 3) + first + (i >> 2)),
)

export interface FifthBits {
  /** Stands before every loop. */
  readonly setUp: Code
  /**
   * Four 32-bit lanes that come to 16 times the sum of the activations whose bit is set, on top of `start`; `bits` are in every
   * lane.
   */
  sum(bits: Code, activations: readonly Local[], start: Local | undefined): Code
}

/** What a sum of lane j, or of the half of one, is multiplied with at last. */
const weights = [16, 16, 8, 8, 4, 4, 2, 2]

export function fifthBits(f: FunctionBuilder, dot: Dot): FifthBits {
  const [own, factors, bits] = f.locals('v128', 3) as [Local, Local, Local]
  const low = op('v128.and', bits, own)
  const high = op('v128.and', op('i32x4.shr_u', bits, 4), own)
  return {
    setUp: [
      own.set(vector.of(Int32Array.of(0x01010101, 0x02020202, 0x04040404, 0x08080808))),
      // A lane of 32 bits has its sum, of 14 bits, in the lower half; where both halves are sums, both count.
      factors.set(
        vector.of(Int16Array.from(weights, (w, i) => (dot === 'relaxed-i32' && i % 2 === 1 ? 0 : w))),
      ),
    ],
    sum(all, activations, start) {
      if (dot === 'relaxed-i32') {
        const sums = dotTo32(
          'bytes',
          high,
          activations,
          1,
          dotTo32('bytes', low, activations, 0, start ?? zero),
        )
        return [bits.set(all), op('i32x4.dot_i16x8_s', sums, factors)]
      }
      const sums = op(
        'i16x8.add',
        dotTo16('bytes', low, activations, 0),
        dotTo16('bytes', high, activations, 1),
      )
      const product = op('i32x4.dot_i16x8_s', sums, factors)
      return [bits.set(all), start ? op('i32x4.add', product, start) : product]
    },
  }
}

/** What `sum` has to start from for bits to count -16 and 0 instead of 0 and 16; the planes are bytes. */
export function fifthStart(first: Local, second: Local, dot: Dot): Code {
  const pairs = op(
    'i16x8.add',
    op('i16x8.extadd_pairwise_i8x16_s', first),
    op('i16x8.extadd_pairwise_i8x16_s', second),
  )
  // Where it is there before the last product, that makes it sixteen times as large, too.
  const factors = weights.map((w) => (dot === 'relaxed-i32' ? -16 / w : -16))
  return op('i32x4.dot_i16x8_s', pairs, vector.of(Int16Array.from(factors)))
}
