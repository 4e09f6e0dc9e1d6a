/**
 * Thresholds are numbers of four significant digits: a grid that is fixed before any data is seen, that suits a signal of any scale,
 * and that people can read. A bar at such a number keeps exactly the values that round down to it or to a higher one.
 */

/** The greatest of them. */
const GREATEST = 1.797e308

/** The greatest number of four significant digits that is not above the value; -Infinity where there is none, NaN for NaN. */
export function roundDown(value: number): number {
  if (value === 0) return 0
  if (value >= GREATEST) return GREATEST
  if (value < -GREATEST) return Number.NEGATIVE_INFINITY
  const near = Number(value.toPrecision(4))
  if (near <= value) return near
  const exponent = Number(value.toExponential().split('e')[1])
  return Number((near - 10 ** (exponent - 3)).toPrecision(4))
}
