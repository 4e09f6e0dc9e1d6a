/**
 * Exact decimals for bounds of numbers: doubles as whole numbers of 10^-places, rounded to the side that keeps what is
 * between the bounds between them. A decimal text between two doubles' shortest texts is parsed to a double between them.
 */

/** `value` in units of 10^-places, rounded up. */
export function scaledUp(value: number, places: number): bigint {
  return -scaledDown(-value, places)
}

/** `value` in units of 10^-places, rounded down. */
export function scaledDown(value: number, places: number): bigint {
  const [mantissa = '', exponent = '0'] = value.toString().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole + fraction)
  const shift = Number(exponent) - fraction.length + places
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const unit = 10n ** BigInt(-shift)
  // Division of bigints rounds towards zero.
  return digits >= 0n && !mantissa.startsWith('-') ? digits / unit : -((-digits + unit - 1n) / unit)
}

/** How many digits `value` has behind the point. */
export function decimalPlaces(value: number): number {
  const [mantissa = '', exponent = '0'] = value.toString().split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** The least double above `value`, which is finite. */
export function doubleAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n))
  return view.getFloat64(0)
}

/** The greatest double below `value`, which is finite. */
export const doubleBelow = (value: number): number => -doubleAbove(-value)
