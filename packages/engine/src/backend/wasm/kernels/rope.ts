/**
 * rope_neighbours and rope_halves(x, table, n, heads, vectors): rotate the pairs of n rows of heads in place; `table` is
 * the row of (cos, sin) pairs of the first position; a head has `vectors` * 4 numbers, for halves an even number of vectors.
 */
import { increase, load, type ModuleBuilder, op, repeat, shuffle, store, vector } from '../assembler.ts'

export function ropeKernels(module: ModuleBuilder): void {
  neighbours(module)
  halves(module)
}

/** Pairs (2i, 2i + 1): two of them are a vector, and so are their cosines and sines. */
function neighbours(module: ModuleBuilder): void {
  module.func('rope_neighbours', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, x, table, n, heads, vectors) => {
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

/** Pairs (i, i + headDim / 2): four first numbers, four second ones, and eight numbers of the table. */
function halves(module: ModuleBuilder): void {
  module.func('rope_halves', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, x, table, n, heads, vectors) => {
    const [head, left, angle, second] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
    const [a, b, t, cos, sin] = f.locals('v128', 5)
    const half = op('i32.shl', vectors, 3)
    return repeat(
      n,
      head.set(heads),
      repeat(
        head,
        angle.set(table),
        second.set(op('i32.add', x, half)),
        left.set(op('i32.shr_u', vectors, 1)),
        repeat(
          left,
          a!.set(load('v128.load', x)),
          b!.set(load('v128.load', second)),
          t!.set(load('v128.load', angle)),
          sin!.set(load('v128.load', angle, 16)),
          cos!.set(shuffle(t!, sin!, [0, 2, 4, 6])),
          sin!.set(shuffle(t!, sin!, [1, 3, 5, 7])),
          store('v128.store', x, 0, op('f32x4.sub', op('f32x4.mul', a!, cos!), op('f32x4.mul', b!, sin!))),
          store(
            'v128.store',
            second,
            0,
            op('f32x4.add', op('f32x4.mul', a!, sin!), op('f32x4.mul', b!, cos!)),
          ),
          increase(x, 16),
          increase(second, 16),
          increase(angle, 32),
        ),
        x.set(second),
      ),
      increase(table, op('i32.shl', vectors, 4)),
    )
  })
}
