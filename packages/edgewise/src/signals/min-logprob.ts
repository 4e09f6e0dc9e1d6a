/** The log-probability of the answer's least likely token. One token under the bar ends the answer. */
import { atLeast, type Follower, type FollowerSettings, tokenLogprob } from './signal.ts'

export function minLogprob({ bar }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 0
  let least: number | null = null
  return {
    name: 'minLogprob',
    threshold,
    certificate: bar.certificate,
    passes: atLeast(threshold),
    part(part) {
      const logprob = tokenLogprob(part)
      if (logprob === null) return null
      least = Math.min(least ?? 0, logprob)
      return least < threshold ? least : null
    },
    value: () => least,
  }
}
