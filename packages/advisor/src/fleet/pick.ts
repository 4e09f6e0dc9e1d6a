/**
 * Which model and quantisation a kind of device gets. What it may be of is decided without looking at the target, so that a faster target never
 * finds more users in time: what was measured to keep the quality, else what may still keep it, else what was measured at all, else what
 * nobody has measured. Among those, what is surely in time goes before what probably is, and that before what may be.
 */
import { BEST, type Ends, MIDDLE, WORST } from '../economics/split.ts'
import type { Candidate, FleetDevice } from './fleet.ts'

/** null: nothing fits it. */
export type Pick = Candidate | null

/** A model that nobody measured and that is below this is not shipped where a larger one fits: the question is about 1 to 3 billion. */
const LEAST_UNMEASURED = 0.9e9

/** What may be shipped to a device, whatever the target is. `keep`: the share of the cloud's quality that must be kept. */
export function poolOf({ candidates }: FleetDevice, keep: number): readonly Candidate[] {
  const fitting = candidates.filter(({ fits }) => fits[MIDDLE])
  const pool = fitting.length > 0 ? fitting : candidates.filter(({ fits }) => fits[BEST])
  for (const is of [keeps, mayKeep, wasMeasured, isOfSize]) {
    const found = pool.filter((candidate) => is(candidate, keep))
    if (found.length > 0) return found
  }
  return pool
}

const keeps = ({ kept }: Candidate, keep: number): boolean => kept !== null && kept.ends[MIDDLE] >= keep
const mayKeep = ({ kept }: Candidate, keep: number): boolean => kept !== null && kept.ends[BEST] >= keep
const wasMeasured = ({ kept }: Candidate): boolean => kept !== null
const isOfSize = ({ model }: Candidate): boolean => model.parameters >= LEAST_UNMEASURED

/** The best of a pool; `times` has of each the times by which it is judged: those of the device alone, or of both. */
export function pickOf(
  pool: readonly Candidate[],
  times: readonly Ends[],
  targetMs: number,
  keep: number,
): Pick {
  let best: Pick = null
  let most = -1
  for (let i = 0; i < pool.length; i++) {
    const timely = timeliness(times[i]!, targetMs)
    if (timely < most || (timely === most && compare(pool[i]!, best!, keep) <= 0)) continue
    best = pool[i]!
    most = timely
  }
  return best
}

/** Of two that are as timely: above 0 where `a` is better. */
function compare(a: Candidate, b: Candidate, keep: number): number {
  const isSure = surelyKeeps(a, keep)
  if (isSure !== surelyKeeps(b, keep)) return isSure ? 1 : -1
  // Of those that surely keep the quality the smallest does; of the others the best, and where nobody knows the largest.
  const quality = isSure ? 0 : (a.kept?.ends[MIDDLE] ?? 0) - (b.kept?.ends[MIDDLE] ?? 0)
  if (quality !== 0) return quality
  const size = a.model.parameters - b.model.parameters
  if (size !== 0) return isSure ? -size : size
  // Four bits cost little quality, and people wait for the download; fewer than four cost much.
  const bits = Number(a.quantisation.bodyBits >= 4) - Number(b.quantisation.bodyBits >= 4)
  return bits !== 0 ? bits : b.prediction.fileBytes - a.prediction.fileBytes
}

/** How surely it is in time: 3 surely, 2 probably, 1 perhaps, 0 not. */
const timeliness = (ms: Ends, targetMs: number): number =>
  Number(ms[WORST] <= targetMs) + Number(ms[MIDDLE] <= targetMs) + Number(ms[BEST] <= targetMs)

const surelyKeeps = ({ kept }: Candidate, keep: number): boolean => kept !== null && kept.ends[WORST] >= keep
