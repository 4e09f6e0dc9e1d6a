/**
 * What is uncertain, each at its worst end, in the middle or at its best end (a world), and what a candidate does in one: predicted speeds
 * and memory, measured quality, what a linear classifier is worth, what the signal of a bar is worth.
 */
import { BEST, type End, MIDDLE, staysShare, WORST } from '../economics/split.ts'
import type { Candidate } from '../fleet/fleet.ts'
import { NEARLY } from '../fleet/shares.ts'
import type { UseCase } from '../use-case/types.ts'

export interface World {
  /** Of the device: times and memory. */
  readonly speed: End
  /** Of the models on the device. */
  readonly quality: End
  readonly linear: End
  readonly signal: End
}

export const middle: World = { speed: MIDDLE, quality: MIDDLE, linear: MIDDLE, signal: MIDDLE }

interface Asked {
  readonly useCase: UseCase
  readonly cloudMs: number
  readonly cloudRight: number
}

/** Whether the device alone keeps the quality. Of what nobody measured, in the middle: yes, unless the task asks for several steps. */
export function keepsIn({ useCase }: Asked, { kept }: Candidate, { quality }: World): boolean {
  if (kept !== null) return kept.ends[quality] >= useCase.fit.keep
  return quality === BEST || (quality === MIDDLE && useCase.fit.kind !== 'reason')
}

/** When the device answers first: the share of its calls that stay. All of them where it was measured to keep the quality: it needs no bar then. */
export function staysOf({ useCase, cloudRight }: Asked, { kept }: Candidate, world: World): number {
  const { keep } = useCase.fit
  if (kept !== null) return staysShare(kept.ends[world.quality], keep, cloudRight, world.signal)
  return staysShare(null, keep, cloudRight, world.quality === MIDDLE ? world.signal : world.quality)
}

/**
 * When the device answers first: milliseconds that the asked share of a user's calls meets. An answer that a bar may reject is held back until it
 * is whole; where more calls are rejected than may be late, what counts is the cloud's answer after it.
 */
export function bothMs(
  { useCase, cloudMs }: Asked,
  { asked, whole }: Candidate,
  speed: End,
  stays: number,
): number {
  const held = stays === 1 ? asked[speed] : whole[speed]
  return stays >= useCase.latency.share - NEARLY ? held : held + cloudMs
}

/** The worlds in which one thing is at an end, and the name of that thing. */
export const oneEnd: readonly { readonly of: keyof World; readonly world: World }[] = (
  ['speed', 'quality', 'linear', 'signal'] as const
).flatMap((of) => [WORST, BEST].map((end) => ({ of, world: { ...middle, [of]: end } })))
