/**
 * Shares of users by latency. Nobody knows how the errors of predictions for different devices hang together; they are reckoned as if all
 * erred the same way at once. Then the ends of an interval over a fleet are exact on the sorted ends of its devices, and errors that are
 * independent would only make it narrower.
 */

/** Users who have the same latency; null: they get no answer. */
export interface Users {
  readonly share: number
  readonly ms: number | null
}

/** What rounding may add up to over hundreds of shares. */
export const NEARLY = 1e-9

/** The smallest latency that at least `share` of all users do not exceed; null where fewer than that get an answer. */
export function latencyAt(users: readonly Users[], share: number): number | null {
  const sorted = users.filter(({ ms }) => ms !== null).sort((a, b) => a.ms! - b.ms!)
  let sum = 0
  for (const one of sorted) {
    sum += one.share
    if (sum >= share - NEARLY) return one.ms
  }
  return null
}

/** A sum of shares, never above 1. */
export function shareOf<T extends { readonly share: number }>(
  all: readonly T[],
  is: (one: T) => boolean,
): number {
  let sum = 0
  for (const one of all) if (is(one)) sum += one.share
  return sum > 1 - NEARLY ? 1 : sum
}
