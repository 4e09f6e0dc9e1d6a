/** The one check of positions that go in and out of a layer's cache; both backends make it. */
import { BadOptionError } from '../errors.ts'

/**
 * Returns how many positions `length` bytes hold, `bytes` each. Throws BadOptionError when that is no whole number, when
 * `count` is more than that, or when `count` positions from `first` on are not within the cache's `positions`.
 */
export function storedPositions(
  positions: number,
  first: number,
  count: number,
  length: number,
  bytes: number,
): number {
  if (!(Number.isInteger(first) && Number.isInteger(count) && first >= 0 && count >= 0)) {
    throw new BadOptionError(`${count} from ${first} on are no positions: they count from 0`)
  }
  if (first + count > positions) {
    throw new BadOptionError(
      `positions up to ${first + count} are asked for: the cache has room for ${positions}`,
    )
  }
  const stored = length / bytes
  if (!Number.isInteger(stored) || count > stored) {
    throw new BadOptionError(`${length} bytes do not hold ${count} positions of ${bytes} bytes each`)
  }
  return stored
}
