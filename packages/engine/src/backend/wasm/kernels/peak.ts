/**
 * peak(x, out, blocks, left): what a softmax needs to know of each block of PEAK_BLOCK numbers of a row, of which `left` are
 * left: 16 bytes at `out` with the largest (f32), the second (f32), the sum of e^(x - largest) (f32), and 0 where one is NaN or
 * infinity (i32). `LOWEST` stands where there is none.
 */
import {
  type Code,
  increase,
  type Local,
  type ModuleBuilder,
  op,
  repeat,
  shuffle,
  storeLane,
  vector,
} from '../assembler.ts'
import { inFoursThenOnes, type Read } from './each.ts'
import { acrossLanes, exp, zero } from './simd.ts'

export const PEAK_BLOCK: number = 8192
export const PEAK_BYTES: number = 16
export const LOWEST: number = Math.fround(-3.4e38)

const lowest = vector.f32(LOWEST)
const firstLane = vector.of(Int32Array.of(-1, 0, 0, 0))

export function peakKernel(module: ModuleBuilder): void {
  module.func('peak', ['i32', 'i32', 'i32', 'i32'], (f, x, out, blocks, left) => {
    const [at, count] = [f.local('i32'), f.local('i32')]
    const [most, next, sum, sound, v, t] = f.locals('v128', 6) as [Local, Local, Local, Local, Local, Local]
    // Lanes beyond the numbers are put so low that they count nothing.
    const value = (read: Read, bytes: number): Code =>
      v.set(bytes === 16 ? read(at) : op('v128.bitselect', read(at), lowest, firstLane))
    const each = (body: Code): Code => [
      at.set(x),
      inFoursThenOnes(f, count, (read, _, bytes) => [value(read, bytes), body, increase(at, bytes)]),
    ]
    // The two largest of each lane and of another one.
    const join = (lanes: readonly [number, number, number, number]): Code => [
      t.set(shuffle(most, most, lanes)),
      next.set(
        op('f32x4.pmax', op('f32x4.pmin', most, t), op('f32x4.pmax', next, shuffle(next, next, lanes))),
      ),
      most.set(op('f32x4.pmax', most, t)),
    ]
    return repeat(
      blocks,
      count.set(op('select', left, PEAK_BLOCK, op('i32.gt_u', PEAK_BLOCK, left))),
      most.set(lowest),
      next.set(lowest),
      sound.set(vector.i32(-1)),
      sum.set(zero),
      each([
        next.set(op('f32x4.pmax', next, op('f32x4.pmin', most, v))),
        most.set(op('f32x4.pmax', most, v)),
        sound.set(op('i32x4.max_s', sound, op('f32x4.lt', v, vector.f32(Number.POSITIVE_INFINITY)))),
      ]),
      join([2, 3, 0, 1]),
      join([1, 0, 3, 2]),
      each(sum.set(op('f32x4.add', sum, exp(f, op('f32x4.sub', v, most))))),
      storeLane('v128.store32_lane', out, 0, most, 0),
      storeLane('v128.store32_lane', out, 4, next, 0),
      sum.set(acrossLanes('f32x4.add', sum, t)),
      storeLane('v128.store32_lane', out, 8, sum, 0),
      sound.set(acrossLanes('i32x4.max_s', sound, t)),
      storeLane('v128.store32_lane', out, 12, sound, 0),
      increase(x, 4 * PEAK_BLOCK),
      increase(out, PEAK_BYTES),
      left.set(op('i32.sub', left, PEAK_BLOCK)),
    )
  })
}
