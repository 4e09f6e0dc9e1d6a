/** RMSNorm and its gradients, for rows of `width` numbers (a multiple of 4). y = x r g with r = 1 / sqrt(mean(x^2) + eps). */
import {
  acrossLanes,
  extractLane,
  f32,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  storeLane,
  vector,
} from '@edgewise/engine/wasm'

export function addNormKernels(module: ModuleBuilder): void {
  norm(module)
  normGradient(module)
  gainGradient(module)
}

/** norm(out, x, gain, r, n, width, eps): also writes r [n]. */
function norm(module: ModuleBuilder): void {
  module.func(
    'norm',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32'],
    (f, out, x, gain, r, n, width, eps) => {
      const [sum, v, factor] = f.locals('v128', 3) as [Local, Local, Local]
      const [from, g, left] = f.locals('i32', 3) as [Local, Local, Local]
      const mean = op(
        'f32.div',
        extractLane('f32x4.extract_lane', acrossLanes('f32x4.add', sum, v), 0),
        op('f32.convert_i32_u', width),
      )
      return repeat(
        n,
        sum.set(vector.f32(0)),
        from.set(x),
        left.set(op('i32.shr_u', width, 2)),
        repeat(
          left,
          v.set(load('v128.load', x)),
          sum.set(op('f32x4.add', sum, op('f32x4.mul', v, v))),
          increase(x, 16),
        ),
        factor.set(op('f32x4.splat', op('f32.div', f32(1), op('f32.sqrt', op('f32.add', mean, eps))))),
        storeLane('v128.store32_lane', r, 0, factor, 0),
        increase(r, 4),
        g.set(gain),
        left.set(op('i32.shr_u', width, 2)),
        repeat(
          left,
          store(
            'v128.store',
            out,
            0,
            op('f32x4.mul', op('f32x4.mul', load('v128.load', from), factor), load('v128.load', g)),
          ),
          increase(out, 16),
          increase(from, 16),
          increase(g, 16),
        ),
      )
    },
  )
}

/** normGradient(dx, dy, x, gain, r, n, width): dx += r (g dy) - x r^3 / width * sum(g dy x). */
function normGradient(module: ModuleBuilder): void {
  module.func(
    'normGradient',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, dx, dy, x, gain, r, n, width) => {
      const [sum, v, factor, back] = f.locals('v128', 4) as [Local, Local, Local, Local]
      const [dyFrom, from, g, left] = f.locals('i32', 4) as [Local, Local, Local, Local]
      const gdy = op('f32x4.mul', load('v128.load', dyFrom), load('v128.load', g))
      return repeat(
        n,
        sum.set(vector.f32(0)),
        dyFrom.set(dy),
        from.set(x),
        g.set(gain),
        left.set(op('i32.shr_u', width, 2)),
        repeat(
          left,
          sum.set(op('f32x4.add', sum, op('f32x4.mul', gdy, load('v128.load', from)))),
          increase(dyFrom, 16),
          increase(from, 16),
          increase(g, 16),
        ),
        factor.set(load('v128.load32_splat', r)),
        increase(r, 4),
        back.set(acrossLanes('f32x4.add', sum, v)),
        back.set(op('f32x4.div', back, op('f32x4.splat', op('f32.convert_i32_u', width)))),
        back.set(op('f32x4.mul', op('f32x4.mul', back, factor), op('f32x4.mul', factor, factor))),
        dyFrom.set(dy),
        from.set(x),
        g.set(gain),
        left.set(op('i32.shr_u', width, 2)),
        repeat(
          left,
          v.set(
            op('f32x4.sub', op('f32x4.mul', gdy, factor), op('f32x4.mul', load('v128.load', from), back)),
          ),
          store('v128.store', dx, 0, op('f32x4.add', load('v128.load', dx), v)),
          increase(dx, 16),
          increase(dyFrom, 16),
          increase(from, 16),
          increase(g, 16),
        ),
        dy.set(dyFrom),
        x.set(from),
      )
    },
  )
}

/** gainGradient(dg, dy, x, r, n, rowBytes, vectors): dg += sum over the n rows of dy x r, for so many fours of columns. */
function gainGradient(module: ModuleBuilder): void {
  module.func(
    'gainGradient',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, dg, dy, x, r, n, rowBytes, vectors) => {
      const [dyFrom, from, scale, left] = f.locals('i32', 4) as [Local, Local, Local, Local]
      const sum = f.local('v128')
      return repeat(
        vectors,
        sum.set(load('v128.load', dg)),
        dyFrom.set(dy),
        from.set(x),
        scale.set(r),
        left.set(n),
        repeat(
          left,
          sum.set(
            op(
              'f32x4.add',
              sum,
              op(
                'f32x4.mul',
                op('f32x4.mul', load('v128.load', from), load('v128.load32_splat', scale)),
                load('v128.load', dyFrom),
              ),
            ),
          ),
          increase(dyFrom, rowBytes),
          increase(from, rowBytes),
          increase(scale, 4),
        ),
        store('v128.store', dg, 0, sum),
        increase(dg, 16),
        increase(dy, 16),
        increase(x, 16),
      )
    },
  )
}
