/** What the kernels of attention share: the shape they are made for, where unfinished rows lie, f16 to f32, 2^x. */
import type { HeadShape } from '../../backend.ts'
import { type Arg, type Code, type FunctionBuilder, type Local, load, op, vector } from '../assembler.ts'

export interface AttentionForm extends HeadShape {
  readonly scale: number
  readonly softcap: number
  readonly causal: boolean
  /** Whether the host has f32x4.relaxed_madd. */
  readonly relaxed: boolean
  /** Rows that go through the cache together, 1 to 6. */
  readonly rowsAtOnce: number
}

/** Positions of a block. */
export const BLOCK = 128

/** Bytes of an unfinished row: m and l in all lanes, then o. */
export function stateBytes(headDim: number): number {
  return 32 + 4 * headDim
}

/**
 * Bytes of a thread's scratch: scores [rowsAtOnce, BLOCK], behind them what each row's two sides are scaled by [rowsAtOnce, 2, 4],
 * and the sums of weighted values [rowsAtOnce, headDim].
 */
export function scoreBytes({ rowsAtOnce, headDim }: AttentionForm): number {
  return rowsAtOnce * (4 * BLOCK + 32 + 4 * headDim)
}

/** Below any score; and what is below any score and yet so far above it that 2^(LOWEST - FLOOR) is 0. */
export const LOWEST = -3e38
export const FLOOR = -1e38

/** a * b + c in four lanes, rounded once where the host does so. */
export function madd(relaxed: boolean, a: Arg, b: Arg, c: Arg): Code {
  return relaxed ? op('f32x4.relaxed_madd', a, b, c) : op('f32x4.add', op('f32x4.mul', a, b), c)
}

/** The bits of a half that was moved to f32's fields. Handed to kernels: hosts build a constant anew wherever it is written. */
export const HALF_BITS = 0x8fffe000

/** Four f16 at `address` as f32 times 2^-112; `mask` has HALF_BITS in all lanes. Infinity and NaN become 65,536 and above, times that. */
export function halves(address: Arg, offset: number, mask: Arg): Code {
  return op('v128.and', op('i32x4.shl', load('v128.load16x4_s', address, offset), 13), mask)
}

/**
 * Returns what adds row times column to every sum [row][column], four lanes each. Both are read once where the registers hold the
 * columns next to the sums (hosts have fifteen to give), else rows once a column: they come from the core's own cache.
 */
export function outerProduct(
  f: FunctionBuilder,
  relaxed: boolean,
  sums: readonly (readonly Local[])[],
): (row: (r: number) => Code, column: (c: number) => Code) => Code {
  const columns = sums[0]!
  const fits = (sums.length + 1) * columns.length < 15
  const held = f.locals('v128', fits ? columns.length : 1)
  const t = f.local('v128')
  return (row, column) => {
    if (fits) {
      return [
        held.map((local, c) => local.set(column(c))),
        sums.map((of, r) => [t.set(row(r)), of.map((sum, c) => sum.set(madd(relaxed, t, held[c]!, sum)))]),
      ]
    }
    return columns.map((_, c) => [
      held[0]!.set(column(c)),
      sums.map((of, r) => of[c]!.set(madd(relaxed, row(r), held[0]!, of[c]!))),
    ])
  }
}

/** Columns that `rows` rows are multiplied with at once: as many sums as leave registers for what they are made of. */
export function columnsFor(rows: number): 2 | 4 {
  return rows <= 3 ? 4 : 2
}

/** The largest divisor of `count` that is at most `limit`. */
export function divisor(count: number, limit: number): number {
  let d = Math.min(count, limit)
  while (count % d !== 0) d--
  return d
}

/**
 * 2^(x + shift) in four lanes for x <= 0; 0 below x = -125. Relative error below 2e-7. Cephes' exp2f: the nearest integer goes
 * to the exponent, a polynomial takes the rest. `set` goes before the loop `of` is in: hosts build a constant anew wherever it is
 * written.
 */
export function exp2(
  f: FunctionBuilder,
  relaxed: boolean,
  shift: number,
): { set: Code; of: (x: Arg) => Code } {
  const [r, n, p, mask] = f.locals('v128', 4) as [Local, Local, Local, Local]
  const coefficients = [
    1.5353361883195e-4, 1.339887440266574e-3, 9.61843735767464e-3, 5.550332471162809e-2, 2.402264791363012e-1,
    6.931472028550421e-1, 1,
  ]
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum.
  const values = [-125, 12_582_912 + shift, ...coefficients]
  const constants = f.locals('v128', values.length)
  const [least, rounder, first, ...others] = constants as [Local, Local, Local, ...Local[]]
  return {
    set: constants.map((local, i) => local.set(vector.f32(values[i]!))),
    of: (x) => [
      // Takes away what comes of numbers far below.
      mask.set(op('f32x4.gt', r.tee(x), least)),
      n.set(op('f32x4.add', r, rounder)),
      r.set(op('f32x4.sub', r, op('f32x4.sub', n, rounder))),
      p.set(first),
      others.map((c) => p.set(madd(relaxed, p, r, c))),
      op('v128.and', mask, op('i32x4.add', p, op('i32x4.shl', n, 23))),
    ],
  }
}

/** The smaller of two numbers of 32 bits without sign; both are written twice. */
export function smaller(a: Arg, b: Arg): Code {
  return op('select', a, b, op('i32.gt_u', b, a))
}

/** Positions `from` to `until` (exclusive) that row `row` sees; rows that only fill up see what the last position, end - 1, sees. */
export function rangeOf(
  { heads, kvHeads, causal }: AttentionForm,
  row: Arg,
  start: Local,
  end: Local,
  window: Local,
  from: Local,
  until: Local,
): Code {
  return [
    until.set(op('i32.add', op('i32.add', op('i32.div_u', row, heads / kvHeads), start), 1)),
    until.set(smaller(until, end)),
    from.set(op('i32.sub', until, smaller(until, window))),
    causal ? [] : until.set(end),
  ]
}
