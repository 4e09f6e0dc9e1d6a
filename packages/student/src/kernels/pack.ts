/**
 * Matrices rearranged for tile.ts. The right side of a product becomes panels of COLS columns, in blocks of up to K_BLOCK k: within a
 * block panel after panel, in a panel k after k, COLS numbers each. A panel of a block fits the innermost cache beside six rows of A.
 * Columns beyond the matrix hold whatever lies there; the tile does not write what comes of them.
 */
import {
  type Arg,
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  storeLane,
  transpose,
} from '@edgewise/engine/wasm'
import { COLS, ROWS } from './tile.ts'

/** k of a block. */
export const K_BLOCK = 512

/** Floats that a packed [k, n] takes. */
export function packedFloats(n: number, k: number): number {
  return Math.ceil(n / COLS) * COLS * k
}

/** The smaller of two unsigned integers. */
export const smaller = (a: Arg, b: Arg): Code => op('select', a, b, op('i32.gt_u', b, a))

/**
 * packColumns(src, ld, out, blockBytes, k, before, panels): B[k, n] = src[k, n], rows `ld` bytes apart; `panels` panels beginning at
 * `src`, before which there are `before`. `out` is where the packed matrix begins, `blockBytes` lie from a block to the next.
 * packRows: the same for B[k, n] = src[n, k].
 */
export function addPackKernels(module: ModuleBuilder): void {
  packColumns(module)
  packRows(module)
  packLeft(module)
}

function packColumns(module: ModuleBuilder): void {
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('packColumns', params, (f, src, ld, out, blockBytes, k, before, panels) => {
    const [blocks, size, left, from, to, row] = f.locals('i32', 6) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ]
    const [count, x] = [f.local('i32'), f.local('v128')]
    return [
      blocks.set(op('i32.div_u', op('i32.add', k, K_BLOCK - 1), K_BLOCK)),
      repeat(
        blocks,
        size.set(smaller(k, K_BLOCK)),
        k.set(op('i32.sub', k, size)),
        left.set(size),
        row.set(op('i32.add', out, op('i32.mul', before, op('i32.mul', size, 4 * COLS)))),
        repeat(
          left,
          from.set(src),
          to.set(row),
          count.set(panels),
          repeat(
            count,
            x.set(load('v128.load', from)),
            store('v128.store', to, 0, x),
            store('v128.store', to, 16, load('v128.load', from, 16)),
            increase(from, 4 * COLS),
            increase(to, op('i32.mul', size, 4 * COLS)),
          ),
          increase(src, ld),
          increase(row, 4 * COLS),
        ),
        increase(out, blockBytes),
      ),
    ]
  })
}

function packRows(module: ModuleBuilder): void {
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('packRows', params, (f, src, ld, out, blockBytes, k, before, panels) => {
    const [blocks, size, fours, to, row, base] = f.locals('i32', 6) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ]
    const [kLeft, block, t] = [f.local('i32'), f.local('i32'), f.local('v128')]
    const quads = [0, 1].map(() => f.locals('v128', 4) as [Local, Local, Local, Local])
    const four: Code = quads.map((quad, half) => [
      row.set(op('i32.add', base, op('i32.mul', ld, 4 * half))),
      quad.map((v, i) => [v.set(load('v128.load', row)), i < 3 ? increase(row, ld) : []]),
      transpose(...quad, t),
      quad.map((v, i) => store('v128.store', to, 4 * COLS * i + 16 * half, v)),
    ])
    const one: Code = [
      row.set(base),
      Array.from({ length: COLS }, (_, i) => [
        t.set(load('v128.load32_zero', row)),
        storeLane('v128.store32_lane', to, 4 * i, t, 0),
        i < COLS - 1 ? increase(row, ld) : [],
      ]),
    ]
    return repeat(
      panels,
      base.set(src),
      block.set(out),
      kLeft.set(k),
      blocks.set(op('i32.div_u', op('i32.add', k, K_BLOCK - 1), K_BLOCK)),
      repeat(
        blocks,
        size.set(smaller(kLeft, K_BLOCK)),
        kLeft.set(op('i32.sub', kLeft, size)),
        to.set(op('i32.add', block, op('i32.mul', before, op('i32.mul', size, 4 * COLS)))),
        fours.set(op('i32.shr_u', size, 2)),
        repeat(fours, four, increase(base, 16), increase(to, 16 * COLS)),
        fours.set(op('i32.and', size, 3)),
        repeat(fours, one, increase(base, 4), increase(to, 4 * COLS)),
        increase(block, blockBytes),
      ),
      increase(before, 1),
      increase(src, op('i32.mul', ld, COLS)),
    )
  })
}

/**
 * packLeft(src, ld, out, k, tiles): the left side of a product that lies k by k, as tiles of ROWS: [tiles][k][ROWS]. Reads up to two
 * numbers beyond a tile.
 */
function packLeft(module: ModuleBuilder): void {
  module.func('packLeft', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, src, ld, out, k, tiles) => {
    const [from, to, left, step] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const x = f.local('v128')
    const each = repeat(
      k,
      from.set(src),
      to.set(out),
      left.set(tiles),
      repeat(
        left,
        store('v128.store', to, 0, load('v128.load', from)),
        x.set(load('v128.load', from, 16)),
        storeLane('v128.store64_lane', to, 16, x, 0),
        increase(from, 4 * ROWS),
        increase(to, step),
      ),
      increase(src, ld),
      increase(out, 4 * ROWS),
    )
    return [step.set(op('i32.mul', k, 4 * ROWS)), each]
  })
}
