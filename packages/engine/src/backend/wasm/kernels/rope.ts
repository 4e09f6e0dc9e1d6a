/**
 * rope(x, table, n, heads, vectors): rotates the pairs (2i, 2i + 1) of n rows of heads in place; `table` is the row of
 * (cos, sin) pairs of the first position; a head has `vectors` * 4 numbers.
 */
import { increase, load, type ModuleBuilder, op, repeat, shuffle, store, vector } from '../assembler.ts'

export function ropeKernel(module: ModuleBuilder): void {
  module.func('rope', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, x, table, n, heads, vectors) => {
    const [head, left, angle] = [f.local('i32'), f.local('i32'), f.local('i32')]
    const [v, turn] = [f.local('v128'), f.local('v128')]
    const cos = shuffle(turn, turn, [0, 0, 2, 2])
    const sin = shuffle(turn, turn, [1, 1, 3, 3])
    const swapped = shuffle(v, v, [1, 0, 3, 2])
    // (a, b) becomes (a cos - b sin, b cos + a sin): the even lanes of the second product change sign.
    const minusEven = shuffle(vector.i32(0x80000000), vector.i32(0), [0, 4, 0, 4])
    return repeat(
      n,
      head.set(heads),
      repeat(
        head,
        angle.set(table),
        left.set(vectors),
        repeat(
          left,
          v.set(load('v128.load', x)),
          turn.set(load('v128.load', angle)),
          store(
            'v128.store',
            x,
            0,
            op(
              'f32x4.add',
              op('f32x4.mul', v, cos),
              op('v128.xor', op('f32x4.mul', swapped, sin), minusEven),
            ),
          ),
          increase(x, 16),
          increase(angle, 16),
        ),
      ),
      increase(table, op('i32.shl', vectors, 4)),
    )
  })
}
