/** Medians and spreads of a handful of measurements, and numbers as tables show them. */

/** The middle one; of an even number the mean of the two in the middle. Throws when there is none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Between neighbours in order, in proportion. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('there is nothing to take the middle of')
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)]!
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at))
}

/** Three digits: "0.42", "4.20", "42.0", "420"; "-" of no number. */
export function digits(value: number): string {
  if (Number.isNaN(value)) return '-'
  const size = Math.abs(value)
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
}

/** "142 (139-145)": the median, the least and the most. */
export function spread(values: readonly number[]): string {
  return `${digits(median(values))} (${digits(Math.min(...values))}-${digits(Math.max(...values))})`
}

/** "-" of no number. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '-' : `${Math.round(100 * share)} %`
}
