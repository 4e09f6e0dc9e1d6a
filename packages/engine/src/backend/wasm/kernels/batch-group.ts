/** The exact integers of one group of `batch.ts`: all steps of a tile's rows against some tokens, a row a lane. */
import { type Arg, type Code, type FunctionBuilder, type Local, op, vector } from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { zero } from './simd.ts'

/** Where a group is: the pointers move on, items and tokens stand at constant distances. */
export interface BatchPlace {
  readonly tokens: number
  readonly quads: number
  /** An item of the tile for the rows of a quad. */
  weight(item: number, quad: number): Code
  /** Four bytes of a token in every lane. */
  activation(token: number, offset: number): Code
  moveOn(items: number, activationBytes: number): Code
  /** Has the next `bytes` bytes of each row of the next tile come from memory. */
  touch(bytes: number): Code
}

export interface GroupSum {
  /** To be run once, before all loops. */
  readonly setUp: Code
  /** To be run first. */
  readonly code: Code
  /** The group's sums of the token for the rows of `quad`, 32 bits each; to be read once. */
  sum(token: number, quad: number): Code
}

export function groupSum(f: FunctionBuilder, format: BatchFormat, place: BatchPlace): GroupSum {
  const { dot, foldEvery, offset, operand, steps, activationGroup } = format
  const numbers = (): Local[][] => Array.from({ length: place.tokens }, () => f.locals('v128', place.quads))
  const rows = f.locals('v128', place.quads)
  const [x, one] = f.locals('v128', 2) as [Local, Local]
  const running = numbers()
  const folded = foldEvery < steps ? numbers() : []
  const isNarrow = foldEvery < Number.POSITIVE_INFINITY
  const isOne = dot === 'relaxed-i32' && operand === 'bytes'
  const startOf = (token: number): Code[] =>
    offset === 0 ? [] : [place.activation(token, activationGroup - 4)]

  /** One step's products and, but for the first, the running sum. */
  const added = (sum: Local, row: Local, isFirst: boolean): Code => {
    if (isOne) {
      const before: Arg = isFirst && offset === 0 ? zero : sum
      return op('i32x4.relaxed_dot_i8x16_i7x16_add_s', x, row, before)
    }
    const [product, add] =
      operand === 'pairs'
        ? ([op('i32x4.dot_i16x8_s', row, x), 'i32x4.add'] as const)
        : ([op('i16x8.relaxed_dot_i8x16_i7x16_s', x, row), 'i16x8.add'] as const)
    return isFirst ? product : op(add, sum, product)
  }
  /** The running sum, where it has 16 bits, as 32 bits on top of what was folded before. */
  const whole = (token: number, quad: number, isFirst: boolean): Code => {
    const sum = running[token]![quad]!
    if (!isNarrow) return sum.get
    const before = isFirst ? startOf(token) : [folded[token]![quad]!.get]
    return [op('i32x4.dot_i16x8_s', sum, one), ...before].reduce((a, b) => op('i32x4.add', a, b))
  }
  const step = (i: number): Code => [
    rows.map((row, quad) => row.set(place.weight(i, quad))),
    running.map((sums, token) => [
      // All quads start from the same number, loaded once.
      i === 0 && isOne
        ? startOf(token).map((start) => [sums[0]!.set(start), sums.slice(1).map((sum) => sum.set(sums[0]!))])
        : [],
      x.set(place.activation(token, 4 * i)),
      sums.map((sum, quad) => sum.set(added(sum, rows[quad]!, i === 0 || i % foldEvery === 0))),
    ]),
    (i + 1) % foldEvery === 0
      ? folded.map((sums, token) => sums.map((sum, quad) => sum.set(whole(token, quad, i < foldEvery))))
      : [],
  ]
  return {
    setUp: isNarrow ? one.set(vector.i16(1)) : [],
    code: Array.from({ length: steps }, (_, i) => step(i)),
    sum: (token, quad) => (folded.length > 0 ? folded[token]![quad]!.get : whole(token, quad, true)),
  }
}
