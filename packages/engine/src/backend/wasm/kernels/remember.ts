/**
 * remember(x, to, n, heads, vectors, stride): n rows of keys or values [n, heads, vectors * 4] f32 to their place in a layer's
 * cache, f16: `to` is that of the first row's first head, heads are `stride` bytes apart. Rounding as backend.ts has it;
 * infinity and NaN become the halves' infinity, which attention reads as 65,536.
 */
import {
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  shuffle,
  storeLane,
  vector,
} from '../assembler.ts'
import { kept } from './narrow.ts'

export function rememberKernel(module: ModuleBuilder): void {
  module.func(
    'remember',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, x, to, n, heads, vectors, stride) => {
      const [head, left, row, at] = f.locals('i32', 4) as [Local, Local, Local, Local]
      const [v, size, half] = f.locals('v128', 3) as [Local, Local, Local]
      const isNormal = op('f32x4.ge', size, vector.f32(2 ** -14))
      const sign = op('v128.and', op('i32x4.shr_u', v, 16), vector.i32(0x8000))
      return repeat(
        n,
        row.set(to),
        head.set(heads),
        repeat(
          head,
          at.set(row),
          left.set(vectors),
          repeat(
            left,
            v.set(load('v128.load', x)),
            size.set(op('i32x4.min_s', op('f32x4.abs', v), vector.f32(65_536))),
            half.set(op('i32x4.shr_u', op('i32x4.sub', kept(size, 13), vector.i32(0x38000000)), 13)),
            half.set(op('v128.and', op('v128.or', half, sign), isNormal)),
            storeLane('v128.store64_lane', at, 0, shuffle(half, half, [0, 2, 4, 6, 0, 2, 4, 6]), 0),
            increase(x, 16),
            increase(at, 8),
          ),
          increase(row, stride),
        ),
        increase(to, op('i32.shl', vectors, 3)),
      )
    },
  )
}
