/** Until when a place's answer is held back: only as long as another place could still give it. */
import type { Place } from '@edgewise/evidence'
import type { Plan } from '../place/place.ts'
import type { Commit, ResolvedRule } from '../policy/index.ts'

/**
 * The last place has nobody after it, so its answer is released with its first word, unless it is the device's and bars hold it. Tokens
 * are counted for the device alone, and so is a whole answer that is waited for because of bars: the cloud has none to reach.
 */
export function commitOf(
  place: Place,
  { commit, escalate }: Pick<ResolvedRule, 'commit' | 'escalate'>,
  { order, isChecked, secondAfterMs }: Plan,
): Commit {
  const isLast = order.at(-1) === place && secondAfterMs === null
  if (isLast && !(place === 'device' && isChecked)) return 'first-output'
  if (place === 'device') return commit
  const isForBars = commit === 'whole-answer' && escalate.length > 0
  return typeof commit === 'object' || isForBars ? 'first-output' : commit
}
