/** A signal of the caller's own, by the name it is registered under; a linear head is one. What it throws is no evidence. */
import { atLeast, type Follower, type FollowerSettings } from './signal.ts'

export function own({ bar, own }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 0
  return {
    name: bar.signal,
    threshold,
    certificate: bar.certificate,
    passes: atLeast(threshold),
    part: () => null,
    async value(answer) {
      try {
        const value = await own[bar.signal]?.(answer)
        return typeof value === 'number' && !Number.isNaN(value) ? value : null
      } catch {
        answer.signal.throwIfAborted()
        return null
      }
    },
  }
}
