/**
 * glu_silu and glu_gelu(gate, up, count): gate = activation(gate) * up.
 * SiLU, with h = e^(-|gate| / 2): gate / (1 + h^2), times h^2 where the gate is negative. The half keeps h a normal number
 * where h^2 no longer is one, so that gates of -90 come out right too.
 * GELU is looked up by the gate as f16 (backend/gelu.ts tells why), four times a vector.
 */
import { GELU_LINEAR } from '../../gelu.ts'
import {
  type Code,
  extractLane,
  increase,
  type Local,
  loadLane,
  type ModuleBuilder,
  op,
  vector,
} from '../assembler.ts'
import { inFoursThenOnes, type Read } from './each.ts'
import { halfBits } from './narrow.ts'
import { exp, zero } from './simd.ts'

export function siluKernel(module: ModuleBuilder): void {
  module.func('glu_silu', ['i32', 'i32', 'i32'], (f, gate, up, count) => {
    const [g, h, factor] = [f.local('v128'), f.local('v128'), f.local('v128')]
    const product: Code = op('f32x4.mul', op('f32x4.mul', g, factor), factor)
    return inFoursThenOnes(f, count, (read, write, bytes) => [
      g.set(read(gate)),
      h.set(exp(f, op('f32x4.mul', op('f32x4.abs', g), vector.f32(-0.5)))),
      factor.set(op('v128.bitselect', h, vector.f32(1), op('f32x4.lt', g, zero))),
      write(
        gate,
        timesUp(read, up, op('f32x4.div', product, op('f32x4.add', vector.f32(1), op('f32x4.mul', h, h)))),
      ),
      increase(gate, bytes),
      increase(up, bytes),
    ])
  })
}

/** `table`: the address of the 65,536 values of `geluOfHalves`. */
export function geluKernel(module: ModuleBuilder, table: number): void {
  module.func('glu_gelu', ['i32', 'i32', 'i32'], (f, gate, up, count) => {
    const [g, size, place, value] = f.locals('v128', 4) as [Local, Local, Local, Local]
    const lookUp = (lane: number): Code =>
      value.set(
        loadLane('v128.load32_lane', extractLane('i32x4.extract_lane', place, lane), table, value, lane),
      )
    return inFoursThenOnes(f, count, (read, write, bytes) => [
      g.set(read(gate)),
      // Beyond the table's part that counts, so that every place lies within it.
      size.set(op('f32x4.pmin', vector.f32(2 * GELU_LINEAR), op('f32x4.abs', g))),
      place.set(halfBits(f, size)),
      place.set(op('v128.or', place, op('i32x4.shr_u', op('v128.and', g, vector.i32(0x80000000)), 16))),
      place.set(op('i32x4.shl', place, 2)),
      [0, 1, 2, 3].map(lookUp),
      value.set(op('v128.bitselect', value, g, op('f32x4.lt', g, vector.f32(GELU_LINEAR)))),
      write(gate, timesUp(read, up, value.get)),
      increase(gate, bytes),
      increase(up, bytes),
    ])
  })
}

const timesUp = (read: Read, up: Local, value: Code): Code => op('f32x4.mul', value, read(up))
