/**
 * A contest of the places (call/contest.ts) in the time of a trace: who commits first, who was asked until then, and when. Pure. A
 * trace knows when answers were whole, not when they began; a latency that nobody knows leaves a race undecided.
 */
import type { Place } from '@edgewise/evidence'
import type { Commit, ResolvedRule } from '../policy/index.ts'

export interface Runner {
  readonly place: Place
  /** Milliseconds of its own until the whole answer; null: not known. */
  readonly ms: number | null
  /** Whether its answer may go to the caller. */
  readonly passes: boolean
  /** Whether it was read to its end when it did not pass. */
  readonly whole: boolean
  readonly commit: Commit
}

export interface Finish {
  readonly place: Place | null
  /** In the order they began. */
  readonly asked: readonly Place[]
  readonly latencyMs: number | null
  /** Who answers first could not be told, so the place that began is taken. */
  readonly undecided: boolean
  /** A deadline of the rule passed. */
  readonly late: boolean
}

type Deadlines = ResolvedRule['deadlineMs']

/** Runs `runners`, in the order of the plan. `secondAfterMs`: when the second begins beside the first. */
export function finishOf(
  runners: readonly Runner[],
  secondAfterMs: number | null,
  { deadlineMs, offline }: Pick<ResolvedRule, 'deadlineMs' | 'offline'>,
): Finish {
  const [first, second] = runners
  const entries = first === undefined ? [] : [enter(first, 0)]
  if (second !== undefined) {
    const start = secondStart(entries[0]!, secondAfterMs)
    if (start !== 'never') entries.push(enter(second, start))
  }
  const isUnknown = entries.some(({ endMs }) => endMs === null)
  const undecided = isUnknown && entries.length > 1 && secondAfterMs !== null
  const winner = winnerOf(entries, undecided)
  const stands =
    winner === null && offline === 'device' ? entries.find(({ place }) => place === 'device') : undefined
  const chosen = winner ?? stands ?? null
  const endMs = winner !== null ? winner.endMs : lastOf(entries)
  const finish: Finish = {
    place: chosen?.place ?? null,
    asked: entries.map(({ place }) => place),
    latencyMs: chosen === null || undecided ? null : endMs,
    undecided,
    late: false,
  }
  if (undecided || chosen === null) return finish
  const limit = passedDeadline(deadlineMs, winner, endMs)
  return limit === null ? finish : ended(entries, limit, offline)
}

interface Entry extends Runner {
  readonly startMs: number | null
  readonly endMs: number | null
}

const enter = (runner: Runner, startMs: number | null): Entry => ({
  ...runner,
  startMs,
  endMs: startMs === null || runner.ms === null ? null : startMs + runner.ms,
})

function secondStart({ passes, endMs }: Entry, secondAfterMs: number | null): number | null | 'never' {
  if (secondAfterMs === null) return passes ? 'never' : endMs
  if (secondAfterMs === 0 || endMs === null || endMs >= secondAfterMs) return secondAfterMs
  return passes ? 'never' : endMs
}

function winnerOf(entries: readonly Entry[], undecided: boolean): Entry | null {
  const passing = entries.filter(({ passes }) => passes)
  if (undecided || passing.length < 2) return passing[0] ?? null
  return passing[1]!.endMs! < passing[0]!.endMs! ? passing[1]! : passing[0]!
}

const lastOf = (entries: readonly Entry[]): number | null =>
  entries.reduce<number | null>(
    (last, { endMs }) => (last === null || endMs === null ? null : Math.max(last, endMs)),
    0,
  )

/** The earliest deadline that is certain to have passed; null: none is. `winner`: null when a rejected answer stands. */
function passedDeadline(
  { firstToken, total }: Deadlines,
  winner: Entry | null,
  endMs: number | null,
): number | null {
  const passed: number[] = []
  // An answer that is shown before it is whole began some time after its place did.
  const isWhole = winner === null || winner.commit === 'whole-answer' || winner.commit === 'valid-json'
  const commitMs = isWhole ? endMs : winner.startMs
  if (firstToken !== null && commitMs !== null && commitMs > firstToken) passed.push(firstToken)
  if (total !== null && endMs !== null && endMs > total) passed.push(total)
  return passed.length === 0 ? null : Math.min(...passed)
}

/** Everything was stopped at `limit`: a whole answer of the device that had not passed is better than none. */
function ended(entries: readonly Entry[], limit: number, offline: 'device' | 'fail'): Finish {
  const asked = entries.filter(({ startMs }) => startMs === null || startMs < limit)
  const held = asked.find(
    ({ place, passes, whole, endMs }) =>
      place === 'device' && !passes && whole && endMs !== null && endMs <= limit,
  )
  const stands = held !== undefined && offline === 'device'
  return {
    place: stands ? 'device' : null,
    asked: asked.map(({ place }) => place),
    latencyMs: stands ? limit : null,
    undecided: false,
    late: true,
  }
}
