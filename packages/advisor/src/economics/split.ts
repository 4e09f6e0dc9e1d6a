/**
 * How many calls stay when the device answers first and a bar sends its doubtful answers to the cloud, so that `keep` of the cloud's
 * quality is kept. Nobody knows before what the signal of the bar is worth, so there are two bounds, and evidence (`edgewise certify`)
 * decides between them:
 *
 * - a signal that knows nothing sends calls up at random: of a device that keeps `r`, `(keep - r) / (1 - r)` of them must go;
 * - one that knows where the cloud would have been right and the device was not sends up `c x (keep - r)`, where `c` is the share that the
 *   cloud gets right.
 *
 * The bounds hold where the device is right only of what the cloud gets right as well; where it knows things the cloud does not, more stays.
 */

/** What may be unknown is reckoned at three points: its worst end, its middle, its best end. */
export type End = 0 | 1 | 2
export const WORST: End = 0
export const MIDDLE: End = 1
export const BEST: End = 2

/** Worst, middle and best value of something, from the device's point of view. */
export type Ends = readonly [worst: number, middle: number, best: number]

/**
 * Share of the device's calls that stay, 0 to 1. `kept`: the share of the cloud's quality that the device keeps alone; null: nobody
 * measured it, and then the bounds are those of a device that knows nothing and one that needs no cloud. `cloudRight`: the share the
 * cloud gets right, 0 to 1.
 */
export function staysShare(kept: number | null, keep: number, cloudRight: number, signal: End): number {
  if (kept !== null && kept >= keep) return 1
  const atRandom = 1 - (kept === null ? keep : kept < 1 ? (keep - kept) / (1 - kept) : 0)
  const knowing = kept === null ? 1 : 1 - Math.min(1, cloudRight) * (keep - kept)
  if (signal === WORST) return unit(atRandom)
  return unit(signal === BEST ? knowing : (atRandom + knowing) / 2)
}

const unit = (value: number): number => Math.min(1, Math.max(0, value))
