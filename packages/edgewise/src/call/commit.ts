/** Until when a place's answer is held back: only as long as another place could still give it. */
import type { Place } from '@edgewise/evidence'
import type { Plan } from '../place/place.ts'
import type { Commit, ResolvedRule } from '../policy/index.ts'

/**
 * The last place has nobody after it, so its answer is released with its first word, unless it is the device's and bars hold it. Tokens
 * are counted for the device alone.
 */
export function commitOf(
  place: Place,
  { commit }: Pick<ResolvedRule, 'commit'>,
  { order, isChecked, secondAfterMs }: Plan,
): Commit {
  const isLast = order.at(-1) === place && secondAfterMs === null
  if (isLast && !(place === 'device' && isChecked)) return 'first-output'
  return place === 'cloud' && typeof commit === 'object' ? 'first-output' : commit
}
