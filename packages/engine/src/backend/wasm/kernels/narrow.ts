/**
 * narrow_f16 and narrow_bf16(x, out, count): activations rounded to a 16-bit type and kept as f32, as products with
 * weights of that type take them (quant/activations.ts has the rule). Nearest, ties to even; NaN stays NaN.
 */
import {
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  type ModuleBuilder,
  op,
  vector,
} from '../assembler.ts'
import { inFoursThenOnes } from './each.ts'

export type NarrowType = 'f16' | 'bf16'

/** With `scale`, a power of two, they are multiplied by it afterwards. */
export function narrowKernel(module: ModuleBuilder, name: string, type: NarrowType, scale = 1): void {
  module.func(name, ['i32', 'i32', 'i32'], (f, x, out, count) => {
    const [v, size, rounded] = [f.local('v128'), f.local('v128'), f.local('v128')]
    return inFoursThenOnes(f, count, (read, write, bytes) => [
      v.set(read(x)),
      size.set(op('f32x4.abs', v)),
      rounded.set(
        type === 'f16'
          ? halfOf(f, size, op('v128.and', kept(size, 13), vector.i32(~0x1fff)), (tiny) =>
              op('f32x4.sub', tiny, vector.f32(HALF)),
            )
          : op('v128.and', kept(size, 16), vector.i32(0xffff0000)),
      ),
      rounded.set(op('v128.or', rounded, op('v128.and', v, vector.i32(0x80000000)))),
      rounded.set(op('v128.bitselect', rounded, v, op('f32x4.eq', v, v))),
      write(out, scale === 1 ? rounded : op('f32x4.mul', rounded, vector.f32(scale))),
      increase(x, bytes),
      increase(out, bytes),
    ])
  })
}

/** The bits of the half nearest to each magnitude of `size` below 65,520; larger ones give numbers above 0x7bff. */
export function halfBits(f: FunctionBuilder, size: Local): Code {
  const bits = op('i32x4.shr_u', op('i32x4.sub', kept(size, 13), vector.i32(0x38000000)), 13)
  return halfOf(f, size, bits, (tiny) => op('i32x4.sub', tiny, vector.i32(0x3f000000)))
}

/** Half of 1: the numbers from here to 1 are 2^-24 apart, which is the step of halves too small for an exponent. */
const HALF = 0.5

/** `normal` where the magnitude has an exponent in f16 (from 2^-14), else what `subnormal` makes of it plus HALF. */
function halfOf(f: FunctionBuilder, size: Local, normal: Code, subnormal: (tiny: Local) => Code): Code {
  const tiny = f.local('v128')
  return [
    tiny.set(op('f32x4.add', size, vector.f32(HALF))),
    op('v128.bitselect', subnormal(tiny), normal, op('f32x4.lt', size, vector.f32(2 ** -14))),
  ]
}

/** The bits of f32 magnitudes, rounded so that those above the lowest `dropped` are right; these are still to be cleared. */
export function kept(size: Local, dropped: number): Code {
  const odd = op('v128.and', op('i32x4.shr_u', size, dropped), vector.i32(1))
  return op('i32x4.add', op('i32x4.add', size, vector.i32(2 ** (dropped - 1) - 1)), odd)
}
