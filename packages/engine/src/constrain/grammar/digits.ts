/** Decimal numbers between bounds, digit by digit: a graph that never leaves the bounds and never ends outside of them. */
import { bytes, type Expr, NetBuilder, never, oneOf } from './grammar.ts'

export interface DigitRange {
  /** Not negative, in units of 10^-places. */
  readonly low: bigint
  readonly high: bigint
  /** Digits behind the point at most. */
  readonly places: number
  /** The value in these units is a multiple of it. */
  readonly multipleOf?: number
}

interface Place {
  /** Digits still to come before the point; -1 behind it. */
  readonly whole: number
  /** Digits behind the point so far; -1 before it. */
  readonly fraction: number
  /** The number so far is the beginning of the lower, the upper bound. */
  readonly atLow: boolean
  readonly atHigh: boolean
  readonly rest: number
}

const ZERO = 0x30

/** Numbers without a sign, an exponent or leading zeros. */
export function digitRange({ low, high, places, multipleOf = 1 }: DigitRange): Expr {
  if (low > high) return never
  const lowDigits = low.toString().padStart(places + 1, '0')
  const highDigits = high.toString().padStart(places + 1, '0')
  const net = new NetBuilder()
  const known = new Map<string, number>()
  const open: { readonly place: Place; readonly number: number }[] = []

  const numberOf = (place: Place): number => {
    const { whole, fraction, atLow, atHigh, rest } = place
    const key = [whole, fraction, atLow, atHigh, rest].join()
    const number = known.get(key)
    if (number !== undefined) return number
    const added = net.place()
    known.set(key, added)
    open.push({ place, number: added })
    return added
  }
  /** Arcs for the digits first..9 that the bounds allow; those that lead to one place are one arc. */
  const addDigits = (from: number, place: Place, first: number): void => {
    const { whole, fraction, atLow, atHigh, rest } = place
    const index = (digits: string) =>
      whole > 0 ? digits.length - places - whole : digits.length - places + fraction
    const least = Math.max(first, atLow ? Number(lowDigits[index(lowDigits)]) : 0)
    const most = atHigh ? Number(highDigits[index(highDigits)]) : 9
    let began = least
    for (let digit = least; digit <= most; digit++) {
      const next = (d: number): number =>
        numberOf({
          whole: whole > 0 ? whole - 1 : whole,
          fraction: whole > 0 ? fraction : fraction + 1,
          atLow: atLow && d === Number(lowDigits[index(lowDigits)]),
          atHigh: atHigh && d === Number(highDigits[index(highDigits)]),
          rest: (10 * rest + d) % multipleOf,
        })
      const to = next(digit)
      if (digit < most && next(digit + 1) === to) continue
      net.arc(from, to, oneOf(ZERO + began, ZERO + digit))
      began = digit + 1
    }
  }

  const shortest = lowDigits.length - places
  const longest = highDigits.length - places
  for (let whole = shortest; whole <= longest; whole++) {
    const place = { whole, fraction: -1, atLow: whole === shortest, atHigh: whole === longest, rest: 0 }
    addDigits(net.start, place, whole > 1 ? 1 : 0)
  }
  for (let next = open.pop(); next; next = open.pop()) {
    const { place, number } = next
    if (place.whole > 0) {
      addDigits(number, place, 0)
      continue
    }
    const digits = Math.max(0, place.fraction)
    const isAtLeastLow = !place.atLow || /^0*$/.test(lowDigits.slice(lowDigits.length - places + digits))
    const isMultiple = (place.rest * (10 ** (places - digits) % multipleOf)) % multipleOf === 0
    // Behind the point comes at least one digit.
    if (isAtLeastLow && isMultiple && place.fraction !== 0) net.arc(number, net.end)
    if (place.fraction < 0 && places > 0) net.arc(number, numberOf({ ...place, fraction: 0 }), bytes('.'))
    if (place.fraction >= 0 && place.fraction < places) addDigits(number, place, 0)
  }
  return net.expr
}
