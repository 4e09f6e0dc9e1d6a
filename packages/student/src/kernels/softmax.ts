/**
 * Softmax of the first `count` of `vectors` * 4 numbers of a row; what stands behind them comes out as 0. Attention calls it for a row
 * of scores; the loss for a row of logits, which become their gradient.
 */
import {
  acrossLanes,
  type Code,
  exp,
  type FunctionBuilder,
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

/** Lower than any score, and finite after a difference with one. */
const lowest = -1e38

/** Lanes below `count`, where `first` holds the numbers of the lanes. */
export const inside = (first: Local, count: Local): Code => op('f32x4.gt', count, first)
export const laneNumbers: Code = vector.of(new Int32Array(Float32Array.of(0, 1, 2, 3).buffer))

export function addSoftmaxKernels(module: ModuleBuilder): void {
  softmaxRow(module)
  lossRows(module)
}

/** softmaxRow(x, count, vectors, scale): x = softmax(scale x). */
function softmaxRow(module: ModuleBuilder): void {
  module.func('softmaxRow', ['i32', 'i32', 'i32', 'f32'], (f, x, count, vectors, scale) => {
    const [most, sum, factor] = f.locals('v128', 3) as [Local, Local, Local]
    const [at, left] = f.locals('i32', 2) as [Local, Local]
    return [
      factor.set(op('f32x4.splat', scale)),
      exponentials(f, { x, count, vectors, factor, most, sum }),
      factor.set(op('f32x4.div', vector.f32(1), sum)),
      at.set(x),
      left.set(vectors),
      repeat(
        left,
        store('v128.store', at, 0, op('f32x4.mul', load('v128.load', at), factor)),
        increase(at, 16),
      ),
    ]
  })
}

/**
 * lossRows(x, ld, stats, parts, n, count, vectors): of n rows of logits, `ld` bytes apart: stats [n, 2] becomes the greatest logit and the
 * sum of e^(logit - greatest), and the logits become their softmax times the row's `parts` [n].
 */
function lossRows(module: ModuleBuilder): void {
  module.func(
    'lossRows',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, x, ld, stats, parts, n, count, vectors) => {
      const [most, sum, factor] = f.locals('v128', 3) as [Local, Local, Local]
      const [at, left] = f.locals('i32', 2) as [Local, Local]
      return repeat(
        n,
        factor.set(vector.f32(1)),
        exponentials(f, { x, count, vectors, factor, most, sum }),
        storeLane('v128.store32_lane', stats, 0, most, 0),
        storeLane('v128.store32_lane', stats, 4, sum, 0),
        factor.set(op('f32x4.div', load('v128.load32_splat', parts), sum)),
        at.set(x),
        left.set(vectors),
        repeat(
          left,
          store('v128.store', at, 0, op('f32x4.mul', load('v128.load', at), factor)),
          increase(at, 16),
        ),
        increase(x, ld),
        increase(stats, 8),
        increase(parts, 4),
      )
    },
  )
}

interface Row {
  readonly x: Local
  readonly count: Local
  readonly vectors: Local
  /** All lanes the scale. */
  readonly factor: Local
  /** Will hold the greatest number and the sum, in all lanes. */
  readonly most: Local
  readonly sum: Local
}

/** x = e^(scale (x - greatest)). */
function exponentials(f: FunctionBuilder, { x, count, vectors, factor, most, sum }: Row): Code {
  const [v, lanes, end, mask] = f.locals('v128', 4) as [Local, Local, Local, Local]
  const [at, left] = f.locals('i32', 2) as [Local, Local]
  const start: Code = [
    at.set(x),
    left.set(vectors),
    lanes.set(laneNumbers),
    end.set(op('f32x4.splat', op('f32.convert_i32_u', count))),
  ]
  const onward: Code = [increase(at, 16), lanes.set(op('f32x4.add', lanes, vector.f32(4)))]
  const masked = op('v128.bitselect', load('v128.load', at), vector.f32(lowest), mask)
  return [
    start,
    most.set(vector.f32(lowest)),
    repeat(left, mask.set(inside(lanes, end)), most.set(op('f32x4.pmax', most, masked)), onward),
    most.set(acrossLanes('f32x4.pmax', most, v)),
    start,
    sum.set(vector.f32(0)),
    repeat(
      left,
      mask.set(inside(lanes, end)),
      v.set(op('f32x4.mul', op('f32x4.sub', masked, most), factor)),
      v.set(op('v128.and', mask, exp(f, v))),
      store('v128.store', at, 0, v),
      sum.set(op('f32x4.add', sum, v)),
      onward,
    ),
    sum.set(acrossLanes('f32x4.add', sum, v)),
  ]
}
