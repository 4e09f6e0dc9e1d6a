/**
 * The loop nest of products of one token: four rows at once, a quarter of the matrix apart, so that the core waits for several
 * streams of memory at once (eight were slower than four from memory, and so were four that lie near each other).
 * Where four does not divide the rows the quarters overlap, and some rows are multiplied twice, with the same result.
 * A row goes through the same additions in the same order wherever it stands and whatever the shape.
 */
import { increase, type ModuleBuilder, op, repeat, storeLane } from '../assembler.ts'
import { sumsOfFour } from './simd.ts'
import { type RowProduct, type RowShape, rowBytes, wholeRows } from './tile.ts'

/** Rows of a quarter of `rows`. */
export function quarter(rows: number): number {
  return Math.ceil(rows / 4)
}

/**
 * Adds name(weights, activations, out, rows, first, count): of a matrix of `rows` rows at `weights`, multiplies the rows `first`
 * to `first` + `count` - 1 of each quarter, and puts each result in its place of `out` [rows].
 */
export function fourRowsKernel(
  module: ModuleBuilder,
  name: string,
  product: RowProduct,
  shape: RowShape,
): void {
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func(name, params, (f, weights, activations, out, rows, first, count) => {
    const [share, last, row] = [f.local('i32'), f.local('i32'), f.local('i32')]
    const [pointers, outs, t] = [f.locals('i32', 4), f.locals('i32', 4), f.local('v128')] as const
    const sums = Array.from({ length: product.ofFour ? 1 : 4 }, () => f.locals('v128', 1))
    const inner = product.begin(f, 1)
    const [a, b, c, d] = sums.map(([sum]) => sum!)
    const total = product.ofFour ? a! : f.local('v128')
    return [
      inner.setUp,
      share.set(op('i32.shr_u', op('i32.add', rows, 3), 2)),
      last.set(op('i32.sub', rows, share)),
      pointers.map((pointer, i) => [
        row.set(op('i32.mul', share, i)),
        row.set(op('i32.add', first, op('select', last, row, op('i32.gt_u', row, last)))),
        pointer.set(
          op(
            'i32.add',
            weights,
            op('i32.mul', row, rowBytes(product.steps, product.rest, product.weightStep)),
          ),
        ),
        outs[i]!.set(op('i32.add', out, op('i32.shl', row, 2))),
      ]),
      repeat(
        count,
        wholeRows(f, inner, product, shape, pointers, activations, sums),
        product.ofFour ? [] : total.set(sumsOfFour(a!, b!, c!, d!, t)),
        outs.map((to, lane) => [storeLane('v128.store32_lane', to, 0, total, lane), increase(to, 4)]),
      ),
    ]
  })
}
