/**
 * The innermost part of every product: a tile of ROWS x COLS sums, held in registers while k runs. Sums go on from what C holds
 * (or from 0), one k after the other, so that a product gives the same bits however its k are cut into blocks.
 * How A and B lie is constant within a tile's code: then an address is one register and a number.
 */
import {
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  vector,
  when,
} from '@edgewise/engine/wasm'

/** Twelve sums, two vectors of B and one of A: the fifteen registers that V8 hands out on x86-64. */
export const ROWS = 6
/** Numbers of a row of the tile: two vectors. */
export const COLS = 8

/** Bytes from one number to the next. */
export interface TileStrides {
  /** From A[m, k] to A[m + 1, k], and to A[m, k + 1]. */
  readonly aRow: number
  readonly aK: number
  /** From B[k, n] to B[k + 1, n]; along n numbers are neighbours. */
  readonly bK: number
}

/** How many k a turn of the loop takes. */
const UNROLL = 4

/**
 * tile(a, b, c, ldc, k, goesOn): C[m, n] = (goesOn ? C[m, n] : 0) + sum over k of A[m, k] B[k, n] for ROWS rows of C, `ldc` bytes apart.
 * With `guarded` two more parameters, `rows` and `vectors`: only so many rows and vectors of four numbers are written. What lies beyond
 * them in A, B and C is read all the same and must be memory.
 */
export function addTile(
  module: ModuleBuilder,
  name: string,
  { aRow, aK, bK }: TileStrides,
  isFused: boolean,
  guarded: boolean,
): void {
  const params = [
    'i32',
    'i32',
    'i32',
    'i32',
    'i32',
    'i32',
    ...(guarded ? (['i32', 'i32'] as const) : []),
  ] as const
  module.func(name, params, (f, a, b, c, ldc, k, goesOn, rows, vectors) => {
    const sums = Array.from({ length: ROWS }, () => f.locals('v128', COLS / 4))
    const right = f.locals('v128', COLS / 4)
    const left = f.local('v128')
    const [row, turns] = f.locals('i32', 2) as [Local, Local]
    const step = (i: number): Code => [
      right.map((v, j) => v.set(load('v128.load', b, i * bK + 16 * j))),
      sums.map((sum, m) => [
        left.set(load('v128.load32_splat', a, m * aRow + i * aK)),
        sum.map((s, j) => s.set(multiplyAdd(isFused, left, right[j]!, s))),
      ]),
    ]
    const eachSum = (what: (sum: Local, m: number, j: number) => Code): Code => [
      row.set(c),
      sums.map((sum, m) => [
        sum.map((s, j) => what(s, m, j)),
        m < ROWS - 1 ? row.set(op('i32.add', row, ldc)) : [],
      ]),
    ]
    const write = (s: Local, m: number, j: number): Code => {
      const stored = store('v128.store', row, 16 * j, s)
      if (!rows || !vectors) return stored
      return when(op('i32.and', op('i32.gt_u', rows, m), op('i32.gt_u', vectors, j)), stored)
    }
    return [
      sums.flat().map((s) => s.set(vector.f32(0))),
      when(
        goesOn,
        eachSum((s, _, j) => s.set(load('v128.load', row, 16 * j))),
      ),
      turns.set(op('i32.shr_u', k, Math.log2(UNROLL))),
      repeat(
        turns,
        Array.from({ length: UNROLL }, (_, i) => step(i)),
        increase(a, UNROLL * aK),
        increase(b, UNROLL * bK),
      ),
      k.set(op('i32.and', k, UNROLL - 1)),
      repeat(k, step(0), increase(a, aK), increase(b, bK)),
      eachSum(write),
    ]
  })
}

/** s + x y: rounded once where the host has the instruction, else twice. */
function multiplyAdd(isFused: boolean, x: Local, y: Local, s: Local): Code {
  return isFused ? op('f32x4.relaxed_madd', x, y, s) : op('f32x4.add', s, op('f32x4.mul', x, y))
}
