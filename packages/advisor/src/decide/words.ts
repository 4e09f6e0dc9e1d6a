/** Intervals and money in words. All other figures are told as everywhere (evidence's words). */
import { count, dollars, percent, percentGiven, range } from '@edgewise/evidence'
import type { Predicted } from '../predict/types.ts'

/** `92.0 % (80 % interval 70.0 to 99.0 %)`; a figure that is sure stands alone. */
export function within(told: (value: number) => string, { value, low, high, level }: Predicted): string {
  const [from, to] = [told(low), told(high)]
  return from === to ? told(value) : `${told(value)} (${percentGiven(level)} interval ${range(from, to)})`
}

/** Cents below a hundred dollars; from there on whole ones: nothing here is known to a cent. */
export function money(usd: number): string {
  return Math.abs(usd) < 99.5 ? dollars(usd) : `${usd < 0 ? '-' : ''}$${count(Math.abs(usd))}`
}

/** Of the cloud's quality. What a bar is set to keep is a least, without an interval of its own. */
export function keptInWords(kept: Predicted): string {
  return isLeast(kept) ? `at least ${percent(kept.value)}` : within(percent, kept)
}

/** Whether all that is known is that it is not less: it may be as good as the cloud. */
export const isLeast = ({ value, low, high }: Predicted): boolean => low === value && high > value

/** What is known for sure. */
export const exactly = (value: number): Predicted => ({ value, low: value, high: value, level: 1 })
