/**
 * JSON numbers within bounds, valid by construction: bounds and multiples are kept digit by digit. Without bounds an
 * exponent may be written; with bounds, plain decimals only.
 */
import { decimalPlaces, doubleAbove, doubleBelow, scaledDown, scaledUp } from './decimal.ts'
import { digitRange } from './digits.ts'
import { alt, bytes, type Expr, never, oneOf, repeat, seq } from './grammar.ts'

export interface NumberBounds {
  readonly isInteger: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
}

/** What JSON.stringify writes at most without an exponent: 1e21 has one, and so has 1e-7. */
const WHOLE_DIGITS = 21
const FRACTION_DIGITS = 22
/** Numbers of so many digits are exact as doubles, and so is their division. */
const EXACT_DIGITS = 15
const MAX_RESIDUES = 1000

/** A reason why `multipleOf` cannot be kept; undefined when it can. */
export function refuseMultipleOf(multipleOf: number): string | undefined {
  if (!Number.isInteger(multipleOf * 2 ** 20)) {
    return 'is not exact in binary, so that validators disagree on it: use an integer of a smaller unit'
  }
  const { residues } = splitMultiple(multipleOf)
  return residues > MAX_RESIDUES ? `needs ${residues} states, the most is ${MAX_RESIDUES}` : undefined
}

/** Nothing satisfies contradicting bounds, or ones beyond 21 digits. `multipleOf` must not be one that is refused. */
export function numberExpr(bounds: NumberBounds): Expr {
  const isInteger = bounds.isInteger || bounds.multipleOf === 1
  const multipleOf = bounds.multipleOf === 1 ? undefined : bounds.multipleOf
  const low = lowest({ ...bounds, isInteger })
  const high = highest({ ...bounds, isInteger })
  if (low === undefined && high === undefined && multipleOf === undefined) {
    return isInteger ? integer : number
  }
  const { residues, zeros, places: unitPlaces } = splitMultiple(multipleOf ?? 1)
  const places = isInteger ? 0 : multipleOf === undefined ? FRACTION_DIGITS : unitPlaces
  const digits = multipleOf === undefined ? WHOLE_DIGITS : EXACT_DIGITS
  const limit = 10n ** BigInt(digits + (multipleOf === undefined ? places : 0)) - 1n
  const unit = 10n ** BigInt(zeros)
  const least = max(-limit, low === undefined ? -limit : scaledUp(low, places))
  const most = min(limit, high === undefined ? limit : scaledDown(high, places))
  const range = (from: bigint, to: bigint): Expr => {
    const [a, b] = [(from + unit - 1n) / unit, to / unit]
    const multiple = isInteger && unitPlaces > 0 ? integerResidues(residues, unitPlaces) : residues
    if (zeros === 0) return digitRange({ low: a, high: b, places, multipleOf: multiple })
    const positive = digitRange({ low: max(a, 1n), high: b, places, multipleOf: multiple })
    return alt(a <= 0n ? bytes('0') : never, seq(positive, bytes('0'.repeat(zeros))))
  }
  return alt(
    least < 0n ? seq(bytes('-'), range(most < 0n ? -most : 1n, -least)) : never,
    most >= 0n ? range(max(least, 0n), most) : never,
  )
}

/** An integer that is a multiple of residues * 10^-places is one of residues / gcd(residues, 10^places). */
function integerResidues(residues: number, places: number): number {
  let [a, b] = [residues, 10 ** places]
  while (b > 0) [a, b] = [b, a % b]
  return residues / a
}

function lowest({ isInteger, minimum, exclusiveMinimum }: NumberBounds): number | undefined {
  if (exclusiveMinimum === undefined) return minimum
  const isExact = isInteger && Number.isSafeInteger(exclusiveMinimum)
  return Math.max(
    minimum ?? Number.NEGATIVE_INFINITY,
    isExact ? exclusiveMinimum + 1 : doubleAbove(exclusiveMinimum),
  )
}

function highest({ isInteger, maximum, exclusiveMaximum }: NumberBounds): number | undefined {
  if (exclusiveMaximum === undefined) return maximum
  const isExact = isInteger && Number.isSafeInteger(exclusiveMaximum)
  return Math.min(
    maximum ?? Number.POSITIVE_INFINITY,
    isExact ? exclusiveMaximum - 1 : doubleBelow(exclusiveMaximum),
  )
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** multipleOf = residues * 10^zeros * 10^-places, with zeros only for whole numbers. */
function splitMultiple(multipleOf: number): { residues: number; zeros: number; places: number } {
  const places = decimalPlaces(multipleOf)
  let scaled = scaledDown(multipleOf, places)
  let zeros = 0
  while (places === 0 && scaled % 10n === 0n && scaled > 0n) {
    scaled /= 10n
    zeros++
  }
  return { residues: Number(scaled), zeros, places }
}

const digit = oneOf(0x30, 0x39)
const whole = alt(bytes('0'), seq(oneOf(0x31, 0x39), repeat(digit, 0, WHOLE_DIGITS - 1)))
const fraction = repeat(seq(bytes('.'), repeat(digit, 1, FRACTION_DIGITS)), 0, 1)
/** Behind what one digit, or up to 21, before the point: every number is finite. */
const exponent = (...most: Expr[]): Expr =>
  seq(
    oneOf(0x45, 0x45, 0x65, 0x65),
    alt(
      seq(bytes('-'), repeat(digit, 1, 3)),
      seq(repeat(bytes('+'), 0, 1), alt(repeat(digit, 1, 2), seq(oneOf(0x30, 0x31), digit, digit), ...most)),
    ),
  )
const upTo307 = [seq(bytes('2'), digit, digit), seq(bytes('30'), oneOf(0x30, 0x37))]
const number = seq(
  repeat(bytes('-'), 0, 1),
  alt(seq(whole, fraction, repeat(exponent(), 0, 1)), seq(digit, fraction, exponent(...upTo307))),
)
const integer = alt(
  bytes('0'),
  seq(repeat(bytes('-'), 0, 1), oneOf(0x31, 0x39), repeat(digit, 0, WHOLE_DIGITS - 1)),
)
