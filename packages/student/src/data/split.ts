/**
 * Two parts of a set, one to learn from and one to choose by: by the digest of each user, or by time. Deterministic, and nobody's examples
 * are on both sides, as a model that has seen a user's words does better on them than on a stranger's.
 */
import { hash32 } from '@edgewise/evidence'
import { StudentError } from '../errors.ts'
import type { Example } from './example.ts'

export interface Split {
  readonly train: readonly Example[]
  readonly held: readonly Example[]
  /** Of `held` by time: examples of users who are in `train`, which are in neither. */
  readonly left: readonly Example[]
}

export interface SplitOptions {
  /** `user`: whole users are drawn by their digest; who is not named is a user of their own. `time`: the latest are held back. */
  readonly by: 'user' | 'time'
  /** Held back, above 0 and below 1. */
  readonly share: number
  readonly seed: number
}

/** Throws StudentError `examples_invalid` where a side would be empty, or examples have no time. */
export function splitExamples(examples: readonly Example[], { by, share, seed }: SplitOptions): Split {
  const split = by === 'user' ? byUser(examples, share, seed) : byTime(examples, share)
  if (split.train.length > 0 && split.held.length > 0) return split
  throw new StudentError(
    'examples_invalid',
    `${examples.length} examples, split by ${by}, leave ${split.train.length} to learn from and ${split.held.length} to choose by: collect more, or ${by === 'time' ? 'split by user' : 'name the users'}`,
  )
}

function byUser(examples: readonly Example[], share: number, seed: number): Split {
  const isHeld = ({ user, id }: Example): boolean =>
    hash32(`${seed} ${user === undefined ? `id ${id}` : `user ${user}`}`) < share * 2 ** 32
  return {
    train: examples.filter((example) => !isHeld(example)),
    held: examples.filter(isHeld),
    left: [],
  }
}

function byTime(examples: readonly Example[], share: number): Split {
  const issues = examples.flatMap(({ at, id, row }) =>
    at === undefined ? [`${row === undefined ? id : `row ${row}`}: it has no time`] : [],
  )
  if (issues.length > 0)
    throw new StudentError(
      'examples_invalid',
      `${issues.length} of ${examples.length} examples have no time, so they cannot be split by it: split by user`,
      issues,
    )
  const ordered = examples.toSorted((a, b) => a.at! - b.at! || (a.id < b.id ? -1 : 1))
  const cut = Math.min(Math.ceil(ordered.length * (1 - share)), ordered.length - 1)
  const train = ordered.slice(0, cut)
  const users = new Set(train.flatMap(({ user }) => user ?? []))
  const later = ordered.slice(cut)
  const isKnown = ({ user }: Example): boolean => user !== undefined && users.has(user)
  return { train, held: later.filter((example) => !isKnown(example)), left: later.filter(isKnown) }
}
