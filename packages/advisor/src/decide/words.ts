/** Intervals in words. The figures themselves are told as everywhere (evidence's words). */
import { percentGiven, range } from '@edgewise/evidence'
import type { Predicted } from '../predict/types.ts'

/** `92.0 % (80 % interval 70.0 to 99.0 %)`; a figure that is sure stands alone. */
export function within(told: (value: number) => string, { value, low, high, level }: Predicted): string {
  const [from, to] = [told(low), told(high)]
  return from === to ? told(value) : `${told(value)} (${percentGiven(level)} interval ${range(from, to)})`
}

/** What is known for sure. */
export const exactly = (value: number): Predicted => ({ value, low: value, high: value, level: 1 })
