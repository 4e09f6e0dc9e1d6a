/** What is a report's own way of putting figures in words: shares and quantiles with their intervals. The rest: document/words.ts. */
import {
  count,
  milliseconds,
  percent,
  percentFigure,
  percentGiven,
  range,
  UNKNOWN,
} from '../document/words.ts'
import type { Interval } from '../statistics/bootstrap.ts'
import type { Quantile } from '../statistics/log-histogram.ts'
import { CONFIDENCE, type Latency, type Money, type Share } from './types.ts'

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

/** The number a figure is made of, marked where it is small. */
export const sample = ({ n, small }: Pick<Latency, 'n' | 'small'>): string =>
  small && n > 0 ? `${count(n)}, small` : count(n)

/** What is kept for all that has no figures of its own. */
export const taskName = (task: string | null): string => task ?? 'all other names'
