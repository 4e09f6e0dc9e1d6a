/**
 * The loop nest of products that take four rows at once, one a lane of the sum: what is done once for a block is then done
 * for four of them by the same instructions. The rows stand a quarter of the matrix apart, so that the core waits for
 * several streams of memory at once; eight were slower than four from memory, and two blocks a turn no faster than one.
 */
import { increase, type ModuleBuilder, op, repeat, storeLane } from '../assembler.ts'
import { zero } from './simd.ts'
import type { RowProduct } from './tile.ts'

/**
 * Adds name(weights, activations, out, rows): out[row] for one token. Where `rows` is no multiple of four the streams
 * overlap, and some rows are multiplied twice, with the same result.
 */
export function fourRowsKernel(module: ModuleBuilder, name: string, product: RowProduct): void {
  const { steps, weightStep, activationStep } = product
  // The last parameter is that of `tileKernel`; there is but one token here.
  module.func(name, ['i32', 'i32', 'i32', 'i32', 'i32'], (f, weights, activations, out, rows) => {
    const [share, first, last, turns, x] = [
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
    ]
    const [pointers, outs, sum] = [f.locals('i32', 4), f.locals('i32', 4), f.local('v128')]
    const inner = product.begin(f, 1)
    const place = {
      rows: pointers,
      activations: x,
      activationRow: 0,
      sums: [[sum]],
      weightOffset: 0,
      activationOffset: 0,
    }
    return [
      inner.setUp,
      share.set(op('i32.shr_u', op('i32.add', rows, 3), 2)),
      last.set(op('i32.sub', rows, share)),
      pointers.map((pointer, i) => [
        first.set(op('i32.mul', share, i)),
        first.set(op('select', last, first, op('i32.gt_u', first, last))),
        pointer.set(op('i32.add', weights, op('i32.mul', first, steps * weightStep))),
        outs[i]!.set(op('i32.add', out, op('i32.shl', first, 2))),
      ]),
      repeat(
        share,
        x.set(activations),
        sum.set(zero),
        turns.set(steps),
        repeat(
          turns,
          inner.step(place, false),
          pointers.map((pointer) => increase(pointer, weightStep)),
          increase(x, activationStep),
        ),
        outs.map((to, lane) => [storeLane('v128.store32_lane', to, 0, sum, lane), increase(to, 4)]),
      ),
    ]
  })
}
