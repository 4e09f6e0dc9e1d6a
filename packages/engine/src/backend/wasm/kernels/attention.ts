/**
 * attention(out, q, keys, values, scores, n, start, window): causal attention of n query positions, f32 throughout, emitted
 * for one shape of heads, scale and softcap; a position sees `window` positions, itself the last. Softmax in two passes
 * over `scores`, scratch for ceil4(min(start + n, window)) positions of one group of heads.
 *
 * One group of query heads (those that read the same kv head) is done at a time. Its scores are laid out
 * [position / 4][head][4], so that four positions make one vector and the group shares what it loads of keys and values.
 * Positions of the last four that do not exist get a score so low that e^x makes nothing of it.
 */
import type { HeadShape } from '../../backend.ts'
import {
  type Code,
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
  when,
} from '../assembler.ts'
import { acrossLanes, exp, f16Factor, f16Load4, f16Mask, sumsOfFour, tanh, zero } from './simd.ts'

/** Bytes of scratch for scores over `positions` positions. */
export interface AttentionForm extends HeadShape {
  readonly scale: number
  readonly softcap: number
}

export function scoreBytes(shape: HeadShape, positions: number): number {
  return (shape.heads / shape.kvHeads) * 16 * Math.ceil(positions / 4)
}

const lowest = -3e38

const half = (address: Local, offset: number): Code => f16Load4(address, offset, f16Mask, f16Factor)

/** Adds the kernel to the module; `shape.headDim` is a multiple of 4. */
export function attentionKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const group = shape.heads / shape.kvHeads
  const headBytes = shape.headDim * 4
  const rowBytes = shape.headDim * 2
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attention', params, (f, out, q, keys, values, scores, n, start, window, stride) => {
    const [kvHead, key, value] = [f.local('i32'), f.local('i32'), f.local('i32')]
    const [count, seen, skipped] = [f.local('i32'), f.local('i32'), f.local('i32')]
    const at: Group = {
      out,
      q,
      key,
      value,
      scores,
      fours: f.local('i32'),
      rest: f.local('i32'),
      left: f.local('i32'),
      from: f.local('i32'),
      score: f.local('i32'),
      largest: f.locals('v128', group),
      sums: f.locals('v128', group),
      t: f.local('v128'),
      u: f.local('v128'),
    }
    return [
      count.set(start),
      repeat(
        n,
        increase(count, 1),
        seen.set(op('select', window, count, op('i32.gt_u', count, window))),
        skipped.set(op('i32.mul', op('i32.sub', count, seen), rowBytes)),
        at.fours.set(op('i32.shr_u', seen, 2)),
        at.rest.set(op('i32.and', seen, 3)),
        key.set(op('i32.add', keys, skipped)),
        value.set(op('i32.add', values, skipped)),
        kvHead.set(shape.kvHeads),
        repeat(
          kvHead,
          writeScores(f, shape, at),
          softmax(f, shape, at),
          weighValues(f, shape, at),
          increase(q, group * headBytes),
          increase(out, group * headBytes),
          increase(key, stride),
          increase(value, stride),
        ),
      ),
    ]
  })
}

interface Group {
  readonly out: Local
  readonly q: Local
  readonly key: Local
  readonly value: Local
  readonly scores: Local
  /** Whole fours of positions, and the positions after them. */
  readonly fours: Local
  readonly rest: Local
  readonly left: Local
  readonly from: Local
  readonly score: Local
  readonly largest: readonly Local[]
  readonly sums: readonly Local[]
  readonly t: Local
  readonly u: Local
}

/** scores = q . key, and the largest of each head (in the lanes of `largest`). */
function writeScores(f: FunctionBuilder, shape: HeadShape, at: Group): Code {
  const { q, key, scores, fours, rest, left, from, score, largest, t } = at
  const group = largest.length
  const rowBytes = shape.headDim * 2
  const dims = Array.from({ length: shape.headDim / 4 }, (_, i) => 16 * i)
  const query = (head: number, dim: number): Code => load('v128.load', q, head * shape.headDim * 4 + dim)
  const sums = f.locals('v128', 4)
  const raise = (head: number, by: Code): Code => largest[head]!.set(op('f32x4.pmax', largest[head]!, by))

  const fourPositions = (head: number): Code => [
    sums.map((sum) => sum.set(zero)),
    dims.map((dim) => [
      t.set(query(head, dim)),
      sums.map((sum, j) =>
        sum.set(op('f32x4.add', sum, op('f32x4.mul', t, half(from, j * rowBytes + dim / 2)))),
      ),
    ]),
    sums[0]!.set(sumsOfFour(sums[0]!, sums[1]!, sums[2]!, sums[3]!, t)),
    store('v128.store', score, 16 * head, sums[0]!),
    raise(head, sums[0]!.get),
  ]
  const onePosition = (head: number): Code => [
    sums[0]!.set(zero),
    dims.map((dim) =>
      sums[0]!.set(op('f32x4.add', sums[0]!, op('f32x4.mul', query(head, dim), half(from, dim / 2)))),
    ),
    sums[0]!.set(acrossLanes('f32x4.add', sums[0]!, t)),
    storeLane('v128.store32_lane', score, 16 * head, sums[0]!, 0),
    raise(head, sums[0]!.get),
  ]
  const heads = largest.map((_, head) => head)
  return [
    largest.map((local) => local.set(vector.f32(lowest))),
    from.set(key),
    score.set(scores),
    left.set(fours),
    repeat(left, heads.map(fourPositions), increase(from, 4 * rowBytes), increase(score, 16 * group)),
    when(
      rest,
      heads.map((head) => store('v128.store', score, 16 * head, vector.f32(lowest))),
    ),
    left.set(rest),
    repeat(left, heads.map(onePosition), increase(from, rowBytes), increase(score, 4)),
  ]
}

/**
 * scores = e^(s - largest s), and `sums` becomes one over their sum, in all lanes. A score s is the product times `scale`;
 * under a softcap, cap * tanh(s / cap), which keeps the order, so that the largest stays the largest.
 */
function softmax(f: FunctionBuilder, shape: AttentionForm, at: Group): Code {
  const { scores, fours, rest, left, score, largest, sums, t, u } = at
  const { scale, softcap } = shape
  const capped = (x: Local): Code => [
    x.set(op('f32x4.mul', x, vector.f32(scale / softcap))),
    x.set(op('f32x4.mul', tanh(f, x), vector.f32(softcap))),
  ]
  const exponent = (head: number): Code => {
    const product = load('v128.load', score, 16 * head)
    if (softcap === 0) {
      return u.set(op('f32x4.mul', op('f32x4.sub', product, largest[head]!), vector.f32(scale)))
    }
    // The cap would lift a position that does not exist to -softcap: it is put down again.
    return [
      u.set(product),
      t.set(op('f32x4.lt', u, vector.f32(lowest / 2))),
      capped(u),
      u.set(op('f32x4.sub', u, largest[head]!)),
      u.set(op('v128.bitselect', vector.f32(lowest), u, t)),
    ]
  }
  const one = (head: number): Code => [
    exponent(head),
    u.set(exp(f, u)),
    store('v128.store', score, 16 * head, u),
    sums[head]!.set(op('f32x4.add', sums[head]!, u)),
  ]
  return [
    largest.map((local) => local.set(acrossLanes('f32x4.pmax', local, t))),
    softcap === 0 ? [] : largest.map(capped),
    sums.map((sum) => sum.set(zero)),
    score.set(scores),
    left.set(op('i32.add', fours, op('i32.ne', rest, 0))),
    repeat(
      left,
      largest.map((_, head) => one(head)),
      increase(score, 16 * largest.length),
    ),
    sums.map((sum) => sum.set(op('f32x4.div', vector.f32(1), acrossLanes('f32x4.add', sum, t)))),
  ]
}

/** out = sum over positions of score * value, times `sums`. */
function weighValues(f: FunctionBuilder, shape: HeadShape, at: Group): Code {
  const { out, value, scores, fours, rest, left, from, score, sums, t } = at
  const group = sums.length
  const rowBytes = shape.headDim * 2
  // As many vectors of the head at once as keep the group's sums in registers.
  const width = Math.max(1, Math.floor(8 / group))
  const loaded = f.locals('v128', width)
  const totals = sums.map(() => f.locals('v128', width))
  const chunks: number[][] = []
  for (let dim = 0; dim < shape.headDim / 4; dim += width) {
    chunks.push(Array.from({ length: Math.min(width, shape.headDim / 4 - dim) }, (_, i) => 16 * (dim + i)))
  }
  const position = (dims: readonly number[], row: number, lane: number): Code => [
    dims.map((dim, i) => loaded[i]!.set(half(from, row + dim / 2))),
    totals.map((total, head) => [
      t.set(load('v128.load32_splat', score, 16 * head + 4 * lane)),
      dims.map((_, i) => total[i]!.set(op('f32x4.add', total[i]!, op('f32x4.mul', t, loaded[i]!)))),
    ]),
  ]
  return chunks.map((dims) => [
    totals.map((total) => dims.map((_, i) => total[i]!.set(zero))),
    from.set(value),
    score.set(scores),
    left.set(fours),
    repeat(
      left,
      [0, 1, 2, 3].map((lane) => position(dims, lane * rowBytes, lane)),
      increase(from, 4 * rowBytes),
      increase(score, 16 * group),
    ),
    left.set(rest),
    repeat(left, position(dims, 0, 0), increase(from, rowBytes), increase(score, 4)),
    totals.map((total, head) =>
      dims.map((dim, i) =>
        store('v128.store', out, head * shape.headDim * 4 + dim, op('f32x4.mul', total[i]!, sums[head]!)),
      ),
    ),
  ])
}
