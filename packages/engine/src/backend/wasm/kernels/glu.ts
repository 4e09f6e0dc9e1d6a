/**
 * glu_silu and glu_gelu(gate, up, count): gate = gate * sigmoid(z) * up, where z is the gate itself (SiLU) or
 * 2 sqrt(2 / pi) (gate + 0.044715 gate^3), which makes it the tanh form of GELU.
 * With h = e^(-|z| / 2): gate / (1 + h^2), times h^2 where z is negative. The half keeps h a normal number where h^2 no
 * longer is one, so that gates of -90 come out right too.
 */
import type { Activation } from '../../../model/architectures.ts'
import { type Arg, type Code, increase, type Local, type ModuleBuilder, op, vector } from '../assembler.ts'
import { inFoursThenOnes } from './each.ts'
import { exp, zero } from './simd.ts'

export function gluKernels(module: ModuleBuilder): void {
  glu(module, 'silu', (g) => g)
  glu(module, 'gelu', (g) => {
    const cubed = op('f32x4.mul', op('f32x4.mul', g, g), op('f32x4.mul', g, vector.f32(0.044715)))
    return op('f32x4.mul', op('f32x4.add', g, cubed), vector.f32(2 * Math.sqrt(2 / Math.PI)))
  })
}

function glu(module: ModuleBuilder, name: Activation, exponent: (g: Local) => Arg): void {
  module.func(`glu_${name}`, ['i32', 'i32', 'i32'], (f, gate, up, count) => {
    const [g, z, h, factor] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
    const product: Code = op('f32x4.mul', op('f32x4.mul', g, factor), factor)
    return inFoursThenOnes(f, count, (read, write, bytes) => [
      g.set(read(gate)),
      z.set(exponent(g)),
      h.set(exp(f, op('f32x4.mul', op('f32x4.abs', z), vector.f32(-0.5)))),
      factor.set(op('v128.bitselect', h, vector.f32(1), op('f32x4.lt', z, zero))),
      write(
        gate,
        op(
          'f32x4.mul',
          op('f32x4.div', product, op('f32x4.add', vector.f32(1), op('f32x4.mul', h, h))),
          read(up),
        ),
      ),
      increase(gate, bytes),
      increase(up, bytes),
    ])
  })
}
