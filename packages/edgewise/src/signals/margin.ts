/**
 * The smallest gap between the most and the second most probable token anywhere in the answer, in natural logarithms: near 0 the
 * model could as well have said something else. Tokens the device gives no margin for (forced ones) are left out.
 */
import { atLeast, edgewiseNumber, type Follower, type FollowerSettings } from './signal.ts'

export function margin({ bar }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 0
  let least: number | null = null
  return {
    name: 'margin',
    threshold,
    certificate: bar.certificate,
    passes: atLeast(threshold),
    part(part) {
      const gap = part.type === 'text-delta' ? edgewiseNumber(part, 'margin') : null
      if (gap === null) return null
      least = Math.min(least ?? gap, gap)
      return least < threshold ? least : null
    },
    value: () => least,
  }
}
