/** widen(out, row, count): `count` values of a type without blocks as f32. */
import { increase, type ModuleBuilder, op, repeat, store, storeLane } from '../assembler.ts'
import type { FloatFormat } from './float-format.ts'

export function widenFloatKernel(module: ModuleBuilder, name: string, format: FloatFormat): void {
  const { bytes, constants, whole = format } = format
  module.func(name, ['i32', 'i32', 'i32'], (f, out, row, count) => {
    const left = f.local('i32')
    const kept = f.locals('v128', constants.length)
    const spare = f.local('v128')
    return [
      kept.map((local, i) => local.set(constants[i]!)),
      left.set(op('i32.shr_u', count, 2)),
      repeat(
        left,
        store('v128.store', out, 0, whole.four(row, 0, kept, spare)),
        increase(row, 4 * bytes),
        increase(out, 16),
      ),
      left.set(op('i32.and', count, 3)),
      repeat(
        left,
        storeLane('v128.store32_lane', out, 0, whole.one(row, 0, kept), 0),
        increase(row, bytes),
        increase(out, 4),
      ),
    ]
  })
}
