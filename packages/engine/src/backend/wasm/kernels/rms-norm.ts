/** rmsNorm(out, x, gain, n, width, eps): each of n rows over the root of its mean square plus eps, times gain. */
import { extractLane, f32, increase, type ModuleBuilder, op, repeat } from '../assembler.ts'
import { inFoursThenOnes } from './each.ts'
import { acrossLanes, zero } from './simd.ts'

export function rmsNormKernel(module: ModuleBuilder): void {
  module.func('rmsNorm', ['i32', 'i32', 'i32', 'i32', 'i32', 'f32'], (f, out, x, gain, n, width, eps) => {
    const [sum, v, factor] = [f.local('v128'), f.local('v128'), f.local('v128')]
    const [from, g] = [f.local('i32'), f.local('i32')]
    const mean = op(
      'f32.div',
      extractLane('f32x4.extract_lane', acrossLanes('f32x4.add', sum, v), 0),
      op('f32.convert_i32_u', width),
    )
    return repeat(
      n,
      sum.set(zero),
      from.set(x),
      inFoursThenOnes(f, width, (read, _, bytes) => [
        v.set(read(x)),
        sum.set(op('f32x4.add', sum, op('f32x4.mul', v, v))),
        increase(x, bytes),
      ]),
      factor.set(op('f32x4.splat', op('f32.div', f32(1), op('f32.sqrt', op('f32.add', mean, eps))))),
      g.set(gain),
      inFoursThenOnes(f, width, (read, write, bytes) => [
        write(out, op('f32x4.mul', op('f32x4.mul', read(from), factor), read(g))),
        increase(out, bytes),
        increase(from, bytes),
        increase(g, bytes),
      ]),
    )
  })
}
