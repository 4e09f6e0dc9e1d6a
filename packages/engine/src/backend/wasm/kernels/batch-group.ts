/** The exact integers of one group of `batch.ts`: all steps of its rows against fours of tokens, a token a lane. */
import { type Arg, type Code, type FunctionBuilder, type Local, op, vector } from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { zero } from './simd.ts'

/** Where a group is: the pointers move on, rows and fours of tokens stand at constant distances. */
export interface BatchPlace {
  readonly rows: number
  readonly fours: number
  /** Four bytes of a row's weights in every lane. */
  weight(row: number, offset: number): Code
  /** A vector of the activations of four tokens. */
  activation(four: number, offset: number): Code
  moveOn(weightBytes: number, activationBytes: number): Code
}

export interface GroupSum {
  /** To be run once, before all loops. */
  readonly setUp: Code
  /** To be run first. */
  readonly code: Code
  /** The group's sum of row `row` for the tokens of `four`, 32 bits each; to be read once. */
  sum(four: number, row: number): Code
}

export function groupSum(f: FunctionBuilder, format: BatchFormat, place: BatchPlace): GroupSum {
  const { correction, dot, foldEvery, operand, steps, vectors, activationGroup } = format
  const spread = f.local('v128')
  const numbers = (): Local[][] => Array.from({ length: place.fours }, () => f.locals('v128', place.rows))
  const one = f.local('v128')
  const loaded = Array.from({ length: place.fours }, () => f.locals('v128', vectors))
  const running = numbers()
  const folded = foldEvery < steps ? numbers() : []
  const start = (four: number): Code[] => (correction ? [place.activation(four, activationGroup - 16)] : [])

  /** One step's products and, but for the first, the running sum. */
  const added = (four: number, row: number, isFirst: boolean): Code => {
    const [x, y] = loaded[four]!
    const sum = running[four]![row]!
    if (dot === 'relaxed-i32' && operand !== 'pairs') {
      const before: Arg = isFirst ? (start(four)[0] ?? zero) : sum
      const name = 'i32x4.relaxed_dot_i8x16_i7x16_add_s'
      return operand === 'bytes'
        ? op(name, x!, spread, before)
        : op(name, op('v128.xor', spread, x!), y!, before)
    }
    const [product, add] =
      operand === 'pairs'
        ? ([op('i32x4.dot_i16x8_s', spread, x!), 'i32x4.add'] as const)
        : ([op('i16x8.relaxed_dot_i8x16_i7x16_s', x!, spread), 'i16x8.add'] as const)
    return isFirst ? product : op(add, sum, product)
  }
  /** The running sum, where it has 16 bits, as 32 bits on top of what was folded before. */
  const whole = (four: number, row: number, isFirst: boolean): Code => {
    const sum = running[four]![row]!
    if (foldEvery === Number.POSITIVE_INFINITY) return sum.get
    const parts = [op('i32x4.dot_i16x8_s', sum, one), ...(isFirst ? start(four) : [folded[four]![row]!.get])]
    return parts.reduce((a, b) => op('i32x4.add', a, b))
  }
  const step = (i: number): Code => [
    loaded.map((four, n) => four.map((local, v) => local.set(place.activation(n, 16 * (i * vectors + v))))),
    Array.from({ length: place.rows }, (_, row) => [
      spread.set(place.weight(row, 4 * i)),
      running.map((rows, four) => rows[row]!.set(added(four, row, i === 0 || i % foldEvery === 0))),
    ]),
    (i + 1) % foldEvery === 0
      ? folded.map((rows, four) => rows.map((local, row) => local.set(whole(four, row, i < foldEvery))))
      : [],
  ]
  return {
    setUp: foldEvery === Number.POSITIVE_INFINITY ? [] : one.set(vector.i16(1)),
    code: Array.from({ length: steps }, (_, i) => step(i)),
    sum: (four, row) => (folded.length > 0 ? folded[four]![row]!.get : whole(four, row, true)),
  }
}
