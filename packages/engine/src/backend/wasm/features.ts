/**
 * What the host's WebAssembly can do, found by validating and running a tiny module: which dot product of bytes the
 * kernels should be built on. Every choice gives exact integers; they differ only in speed.
 */
import { BackendUnavailableError } from '../../errors.ts'
import { extractLane, instantiate, ModuleBuilder, op, vector } from './assembler.ts'

/**
 * - `relaxed-i32`: i32x4.relaxed_dot_i8x16_i7x16_add_s, one instruction on hosts with VNNI or ARM's sdot.
 * - `relaxed-i16`: i16x8.relaxed_dot_i8x16_i7x16_s, one instruction (pmaddubsw) on any x86, where the i32 form is five.
 * - `simd128`: bytes widened to 16 bits and i32x4.dot_i16x8_s; needs no relaxed SIMD.
 */
export type Dot = 'relaxed-i32' | 'relaxed-i16' | 'simd128'

/** `relaxed: false` keeps to plain SIMD128 (to compare the two on one host). Throws BackendUnavailableError. */
export function detectDot(relaxed = true): Dot {
  if (typeof WebAssembly !== 'object') {
    throw new BackendUnavailableError('this host has no WebAssembly: route the call to the cloud')
  }
  if (!WebAssembly.validate(simdProbe().toBytes())) {
    throw new BackendUnavailableError(
      "this host's WebAssembly has no SIMD128: use a browser of 2023 or later, or route the call to the cloud",
    )
  }
  if (!relaxed || !WebAssembly.validate(relaxedProbe().toBytes())) return 'simd128'
  return eightBitsOf.has(runRelaxedProbe()) ? 'relaxed-i32' : 'relaxed-i16'
}

/** What a host that has one instruction for it takes the second operand of a 32-bit relaxed dot product for. */
export type EightBits = 'unsigned' | 'signed'

/** Undefined where only seven bits of that operand may be used. */
export function detectEightBits(dot: Dot): EightBits | undefined {
  return dot === 'relaxed-i32' ? eightBitsOf.get(runRelaxedProbe()) : undefined
}

/**
 * What a single instruction gives for the probe, whose second operand has its high bit set: 4 * 127 * 255 with VNNI, -4 * 127
 * with sdot. pmaddubsw gives two saturated pairs, 65,534. Node 20's relaxed SIMD is behind a flag, and what V8 11.3 runs
 * before it optimises gives 131,068: a sum that is wrong for any operands.
 */
const eightBitsOf: ReadonlyMap<number, EightBits> = new Map([
  [4 * 127 * 255, 'unsigned'],
  [-4 * 127, 'signed'],
])

function runRelaxedProbe(): number {
  return instantiate<'probe'>(relaxedProbe(), new WebAssembly.Memory({ initial: 1 })).probe()
}

// The specification leaves that operand open, so the result tells the lowering, without a clock.
function relaxedProbe(): ModuleBuilder {
  const dot = op('i32x4.relaxed_dot_i8x16_i7x16_add_s', vector.u8(127), vector.u8(255), vector.i32(0))
  return new ModuleBuilder().func('probe', [], () => extractLane('i32x4.extract_lane', dot, 0), 'i32')
}

function simdProbe(): ModuleBuilder {
  const dot = op('i32x4.dot_i16x8_s', vector.i16(1), vector.i16(1))
  return new ModuleBuilder().func('probe', [], () => extractLane('i32x4.extract_lane', dot, 0), 'i32')
}
