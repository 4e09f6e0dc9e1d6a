/** Figures in words, one way each: money, shares, times, sizes, counts, days. `unknown` is what nobody knows; it is never 0. */

export const UNKNOWN = 'unknown'

/** 12,345. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** `1 call`, `2 calls`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** Cents from a dollar on, two figures that count below: calls cost millionths. */
export function dollars(usd: number | null): string {
  if (usd === null) return UNKNOWN
  if (usd === 0) return '$0'
  const size = Math.abs(usd)
  const sign = usd < 0 ? '-' : ''
  if (size < 0.995)
    return `${sign}$${size.toFixed(Math.min(20, Math.max(2, 1 - Math.floor(Math.log10(size)))))}`
  const [whole, cents] = size.toFixed(2).split('.')
  return `${sign}$${count(Number(whole))}.${cents}`
}

/** `62.4 %`. What is not all or nothing is never written as 100 or 0. */
export function percent(share: number | null): string {
  return share === null ? UNKNOWN : `${percentFigure(share)} %`
}

/** `62.4`, without its sign. */
export function percentFigure(share: number): string {
  if (share > 0 && share < 0.0005) return 'under 0.1'
  if (share < 1 && share >= 0.9995) return 'over 99.9'
  return share === 0 || share === 1 ? String(share * 100) : (share * 100).toFixed(1)
}

/** As it was asked for, not rounded: `95 %`. */
export const percentGiven = (share: number): string => `${Number((share * 100).toPrecision(6))} %`

/** Of so many; nothing of nothing has no share. */
export const percentOf = (part: number, all: number): string => (all === 0 ? '-' : percent(part / all))

export function milliseconds(ms: number | null): string {
  if (ms === null) return UNKNOWN
  if (ms < 0.1) return 'under 0.1 ms'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 9995) return `${count(ms)} ms`
  return ms < 119_950 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`
}

export function bytes(size: number | null): string {
  if (size === null) return UNKNOWN
  if (size < 10_000) return `${count(size)} B`
  if (size < 999_500) return `${(size / 1e3).toFixed(size < 99_950 ? 1 : 0)} kB`
  return size < 999_500_000 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(2)} GB`
}

/** `29 to 34 ms`, `950 ms to 1.2 s`: a unit that both have is said once. */
export function range(low: string, high: string): string {
  if (low === high) return low
  const unit = / \D+$/.exec(high)?.[0] ?? ''
  return `${unit !== '' && low.endsWith(unit) ? low.slice(0, -unit.length) : low} to ${high}`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `5 Aug 2026`, of an ISO 8601 time in UTC. */
export const day = (time: string): string =>
  `${Number(time.slice(8, 10))} ${months[Number(time.slice(5, 7)) - 1]} ${time.slice(0, 4)}`

/** `5 Aug 2026 09:30`, UTC. */
export const moment = (time: string): string => `${day(time)} ${time.slice(11, 16)}`
