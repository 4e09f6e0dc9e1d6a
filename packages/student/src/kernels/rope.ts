/**
 * rope(x, ld, positions, table, n, heads, vectors, direction): turns the pairs (2i, 2i + 1) of the first `heads` heads of n rows, `ld` bytes
 * apart, in place: by the angles of each row's position with direction 1, back with -1, which is what its gradient needs.
 * `positions` [n] i32; `table` [positions, headDim / 2] pairs of cos and sin; a head has `vectors` * 4 numbers.
 */
import {
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  shuffle,
  store,
  vector,
} from '@edgewise/engine/wasm'

export function addRopeKernel(module: ModuleBuilder): void {
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32'] as const
  module.func('rope', params, (f, x, ld, positions, table, n, heads, vectors, direction) => {
    const [head, left, angle, start, at] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
    const [v, turn, sign] = f.locals('v128', 3) as [Local, Local, Local]
    const cos = shuffle(turn, turn, [0, 0, 2, 2])
    const sin = shuffle(turn, turn, [1, 1, 3, 3])
    const swapped = shuffle(v, v, [1, 0, 3, 2])
    // (a, b) becomes (a cos - b sin, b cos + a sin): the even lanes of the second product change sign.
    const minusEven = shuffle(vector.i32(0x80000000), vector.i32(0), [0, 4, 0, 4])
    return [
      sign.set(op('v128.xor', op('f32x4.splat', direction), minusEven)),
      repeat(
        n,
        start.set(
          op('i32.add', table, op('i32.mul', load('i32.load', positions), op('i32.shl', vectors, 4))),
        ),
        at.set(x),
        head.set(heads),
        repeat(
          head,
          angle.set(start),
          left.set(vectors),
          repeat(
            left,
            v.set(load('v128.load', at)),
            turn.set(load('v128.load', angle)),
            store(
              'v128.store',
              at,
              0,
              op('f32x4.add', op('f32x4.mul', v, cos), op('f32x4.mul', op('f32x4.mul', swapped, sin), sign)),
            ),
            increase(at, 16),
            increase(angle, 16),
          ),
        ),
        increase(x, ld),
        increase(positions, 4),
      ),
    ]
  })
}
