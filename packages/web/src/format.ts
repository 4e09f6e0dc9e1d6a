/**
 * Numbers and messages as people read them. Null is "nobody knows" and is said so: unknown is never shown as 0.
 * US dollars, milliseconds, bytes (decimal: 1 kB = 1000 B); English figures everywhere, so a receipt reads the same
 * on every machine.
 */

export const unknown = 'not known'

const figures = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits, useGrouping: false })
const three = figures(3)
const two = figures(2)

/** `0.42 ms`, `12.3 ms`, `840 ms`, `1.24 s`. */
export function formatMs(ms: number | null): string {
  if (ms === null) return unknown
  return ms < 999.5 ? `${three.format(ms)} ms` : `${three.format(ms / 1000)} s`
}

/** `$0`, `$0.000031`, `$1.24`, `−$0.02`: two significant digits below a cent, because calls cost fractions of one. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return unknown
  if (usd === 0) return '$0'
  if (usd < 0) return `\u2212${formatUsd(-usd)}`
  return usd < 0.01 ? `$${two.format(usd)}` : `$${usd.toFixed(usd < 1 ? 3 : 2)}`
}

/** `0 B`, `312 B`, `1.2 kB`, `3.1 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknown
  const units = ['B', 'kB', 'MB', 'GB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? String(value) : three.format(value)} ${units[unit]}`
}

/** `182 tokens/s`. */
export function formatSpeed(tokensPerSecond: number): string {
  return `${three.format(tokensPerSecond)} tokens/s`
}

/** A probability as `97 %`, never rounded up to 100 % or down to 0 %. */
export function formatShare(p: number): string {
  if (p > 0 && p < 0.01) return '< 1 %'
  if (p < 1 && p > 0.99) return '> 99 %'
  return `${Math.round(p * 100)} %`
}

/** The hour of an ISO 8601 moment in the reader's time zone, `23:31:08`. */
export function formatTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return unknown
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':')
}

/** A log-probability with a true minus sign and two decimals, `−0.05`. */
export function formatLogprob(value: number): string {
  return value.toFixed(2).replace('-', '\u2212')
}

/** What a rule saw or was held against: a name as it is, a number with three significant digits and a true minus sign. */
export function formatFigure(value: number | string): string {
  return typeof value === 'string' ? value : three.format(value).replace('-', '\u2212')
}

/** Messages come as log lines do: in lower case, unless they begin with a name or an address, without a full stop. */
export function formatSentence(message: string): string {
  const start = /^[a-z]+[ ,]/.test(message) ? message.charAt(0).toUpperCase() : message.charAt(0)
  return start + message.slice(1) + (/[.!?]$/.test(message) ? '' : '.')
}
