/** Figures in words, one way each: money, shares, times, sizes, counts, days. `unknown` is what nobody knows; it is never 0. */
import type { Interval } from '../statistics/bootstrap.ts'
import type { Quantile } from '../statistics/log-histogram.ts'
import { CONFIDENCE, type Latency, type Money, type Share } from './types.ts'

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

function percentFigure(share: number): string {
  if (share > 0 && share < 0.0005) return 'under 0.1'
  if (share < 1 && share >= 0.9995) return 'over 99.9'
  return share === 0 || share === 1 ? String(share * 100) : (share * 100).toFixed(1)
}

/** As it was asked for, not rounded: `95 %`. */
export const percentGiven = (share: number): string => `${Number((share * 100).toPrecision(6))} %`

/** Of so many; nothing of nothing has no share. */
export const percentOf = (part: number, all: number): string => (all === 0 ? '-' : percent(part / all))

/** `62.4 % (58.1 to 66.7)`. */
export const percentWithin = ({ share, low, high }: Pick<Share, 'share' | 'low' | 'high'>): string =>
  `${percent(share)} (${percentFigure(low)} to ${percentFigure(high)})`

/** `62.4 % (95 % interval 58.1 to 66.7 %)`, in a sentence. */
export const percentTold = ({ share, low, high }: Pick<Share, 'share' | 'low' | 'high'>): string =>
  `${percent(share)} (${intervalTold({ low, high })})`

/** `95 % interval 58.1 to 66.7 %`. */
export const intervalTold = ({ low, high }: Interval): string =>
  `${percentGiven(CONFIDENCE)} interval ${range(percent(low), percent(high))}`

/** The cut with its interval. */
export const cutText = ({ cut }: Pick<Money, 'cut'>): string =>
  cut === null ? UNKNOWN : percentWithin({ ...cut, share: cut.value })

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

/** `31 ms (29 to 34 ms)`, or `31 ms` alone; an end that so few values do not bound is told as open. */
export function quantile(found: Quantile | null, isWithin = true): string {
  if (found === null) return '-'
  const { value, low, high } = found
  if (!isWithin) return milliseconds(value)
  if (low === null && high === null) return `${milliseconds(value)} (too few to say)`
  if (high === null) return `${milliseconds(value)} (${milliseconds(low)} or more)`
  if (low === null) return `${milliseconds(value)} (${milliseconds(high)} or less)`
  return `${milliseconds(value)} (${range(milliseconds(low), milliseconds(high))})`
}

/** `29 to 34 ms`, `950 ms to 1.2 s`: a unit that both have is said once. */
export function range(low: string, high: string): string {
  if (low === high) return low
  const unit = / \D+$/.exec(high)?.[0] ?? ''
  return `${unit !== '' && low.endsWith(unit) ? low.slice(0, -unit.length) : low} to ${high}`
}

/** The number a figure is made of, marked where it is small. */
export const sample = ({ n, small }: Pick<Latency, 'n' | 'small'>): string =>
  small && n > 0 ? `${count(n)}, small` : count(n)

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `5 Aug 2026`, of an ISO 8601 time in UTC. */
export const day = (time: string): string =>
  `${Number(time.slice(8, 10))} ${months[Number(time.slice(5, 7)) - 1]} ${time.slice(0, 4)}`

/** `5 Aug 2026 09:30`, UTC. */
export const moment = (time: string): string => `${day(time)} ${time.slice(11, 16)}`

/** What is kept for all that has no figures of its own. */
export const taskName = (task: string | null): string => task ?? 'all other names'
