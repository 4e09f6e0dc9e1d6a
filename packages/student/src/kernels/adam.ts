/** The optimiser's kernels, over all parameters as one row of numbers. Both give the same bits however the row is divided. */
import {
  acrossLanes,
  type Code,
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

/** Numbers whose squares are summed at once. */
export const BLOCK = 1024

export function addAdamKernels(module: ModuleBuilder): void {
  squares(module)
  adam(module)
}

/** squares(out, x, blocks): out [blocks] = the sum of squares of each BLOCK numbers. */
function squares(module: ModuleBuilder): void {
  module.func('squares', ['i32', 'i32', 'i32'], (f, out, x, blocks) => {
    const [sum, v] = f.locals('v128', 2) as [Local, Local]
    const left = f.local('i32')
    return repeat(
      blocks,
      sum.set(vector.f32(0)),
      left.set(BLOCK / 4),
      repeat(
        left,
        v.set(load('v128.load', x)),
        sum.set(op('f32x4.add', sum, op('f32x4.mul', v, v))),
        increase(x, 16),
      ),
      sum.set(acrossLanes('f32x4.add', sum, v)),
      storeLane('v128.store32_lane', out, 0, sum, 0),
      increase(out, 4),
    )
  })
}

/**
 * adam(w, g, m, v, vectors, clip, beta1, beta2, keep, step, root, epsilon): with g' = clip g,
 *   m = beta1 m + (1 - beta1) g',  v = beta2 v + (1 - beta2) g'^2,  w = keep w - step m / (sqrt(v) root + epsilon).
 * `keep` is 1 - rate * decay, `step` rate / (1 - beta1^t), `root` 1 / sqrt(1 - beta2^t): AdamW as in Loshchilov and Hutter, 2019.
 */
function adam(module: ModuleBuilder): void {
  const numbers = ['f32', 'f32', 'f32', 'f32', 'f32', 'f32', 'f32'] as const
  module.func(
    'adam',
    ['i32', 'i32', 'i32', 'i32', 'i32', ...numbers],
    (f, w, g, m, v, vectors, clip, beta1, beta2, keep, step, root, epsilon) => {
      const splats = [clip, beta1, beta2, keep, step, root, epsilon].map(
        (scalar) => [scalar, f.local('v128')] as const,
      )
      const [clips, b1, b2, keeps, steps, roots, eps] = splats.map(([, splat]) => splat) as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ]
      const [grad, first, second] = f.locals('v128', 3) as [Local, Local, Local]
      const rest = (beta: Local): Code => op('f32x4.sub', op('f32x4.splat', f32(1)), beta)
      const denominator = op('f32x4.add', op('f32x4.mul', op('f32x4.sqrt', second), roots), eps)
      return [
        splats.map(([scalar, splat]) => splat.set(op('f32x4.splat', scalar))),
        repeat(
          vectors,
          grad.set(op('f32x4.mul', load('v128.load', g), clips)),
          first.set(
            op('f32x4.add', op('f32x4.mul', load('v128.load', m), b1), op('f32x4.mul', grad, rest(b1))),
          ),
          second.set(
            op(
              'f32x4.add',
              op('f32x4.mul', load('v128.load', v), b2),
              op('f32x4.mul', op('f32x4.mul', grad, grad), rest(b2)),
            ),
          ),
          store('v128.store', m, 0, first),
          store('v128.store', v, 0, second),
          store(
            'v128.store',
            w,
            0,
            op(
              'f32x4.sub',
              op('f32x4.mul', load('v128.load', w), keeps),
              op('f32x4.mul', steps, op('f32x4.div', first, denominator)),
            ),
          ),
          [w, g, m, v].map((pointer) => increase(pointer, 16)),
        ),
      ]
    },
  )
}
