/** Tokens of the answer, which may be at most so many: a small model that rambles is rarely right. */
import type { Follower, FollowerSettings } from './signal.ts'

export function length({ bar }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 0
  let tokens = 0
  return {
    name: 'length',
    threshold,
    certificate: bar.certificate,
    passes: (value) => value <= threshold,
    part(part) {
      if (part.type === 'text-delta') tokens++
      return tokens > threshold ? tokens : null
    },
    value: ({ outputTokens }) => outputTokens ?? tokens,
  }
}
