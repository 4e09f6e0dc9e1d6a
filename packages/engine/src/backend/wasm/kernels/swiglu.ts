/**
 * swiglu(gate, up, count): gate = gate / (1 + e^-gate) * up.
 * With h = e^(-|gate| / 2): gate / (1 + h^2), times h^2 where gate is negative. The half keeps h a normal number where
 * h^2 no longer is one, so that gates of -90 come out right too.
 */
import { increase, type ModuleBuilder, op, vector } from '../assembler.ts'
import { inFoursThenOnes } from './each.ts'
import { exp, zero } from './simd.ts'

export function swigluKernel(module: ModuleBuilder): void {
  module.func('swiglu', ['i32', 'i32', 'i32'], (f, gate, up, count) => {
    const [g, h, factor] = [f.local('v128'), f.local('v128'), f.local('v128')]
    return inFoursThenOnes(f, count, (read, write, bytes) => [
      g.set(read(gate)),
      h.set(exp(f, op('f32x4.mul', op('f32x4.abs', g), vector.f32(-0.5)))),
      factor.set(op('v128.bitselect', h, vector.f32(1), op('f32x4.lt', g, zero))),
      write(
        gate,
        op(
          'f32x4.mul',
          op(
            'f32x4.div',
            op('f32x4.mul', op('f32x4.mul', g, factor), factor),
            op('f32x4.add', vector.f32(1), op('f32x4.mul', h, h)),
          ),
          read(up),
        ),
      ),
      increase(gate, bytes),
      increase(up, bytes),
    ])
  })
}
