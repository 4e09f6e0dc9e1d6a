/** Figures of a derivation: three significant digits, large numbers with a thousands' comma, never an exponent where a reader meets it. */

export function figure(value: number): string {
  const size = Math.abs(value)
  if (size >= 1000) {
    const whole = String(Math.round(value))
    return whole.length > 15 ? value.toExponential(2) : whole.replace(/\B(?=(\d{3})+$)/g, ',')
  }
  if (size >= 100) return String(Math.round(value))
  if (size >= 10) return String(Math.round(value * 10) / 10)
  if (size >= 1) return String(Math.round(value * 100) / 100)
  return size === 0 ? '0' : String(Number(value.toPrecision(3)))
}

export const gigabytes = (bytes: number): string => `${figure(bytes / 1e9)} GB`
export const milliseconds = (seconds: number): string => `${figure(seconds * 1000)} ms`
