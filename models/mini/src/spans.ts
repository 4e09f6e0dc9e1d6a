/**
 * The decoder of `json` and `redact`: each unit begins a span of some type, goes on with it, or stands outside; of all ways to say so
 * that fit together, the most probable is taken (Viterbi). So a span is always a stretch of the source, and nothing can be made up.
 */
import type { Span } from '@edgewise/redact'
import type { Marks, Unit } from './protocol.ts'
import type { Reading } from './reading.ts'
import type { Tally } from './score.ts'

/**
 * Spans in order, without overlaps and without white space around them. `allowed` are places in `marks.names`; `noneCost` is what
 * standing outside loses: above 0 more is marked than is probable. Each unit adds what was chosen for it to `decisions`.
 */
export function decodeSpans(
  units: readonly Unit[],
  { units: judged }: Reading,
  marks: Marks,
  decisions: Tally,
  { allowed = [...marks.names.keys()], noneCost = 0 }: SpanOptions = {},
): Span[] {
  const asked = units.flatMap((unit, i) => (judged[i] ? [{ i, unit, scores: judged[i]! }] : []))
  const count = marks.names.length
  /** 0 outside, 1 + k begins type k, 1 + count + k goes on with it. */
  const states = [0, ...allowed.map((k) => 1 + k), ...allowed.map((k) => 1 + count + k)]
  const cost = (state: number) => (state === 0 ? noneCost : 0)
  let best = new Map<number, number>()
  const back: Map<number, number>[] = []
  for (const [n, { scores }] of asked.entries()) {
    const next = new Map<number, number>()
    const from = new Map<number, number>()
    const [topState, top] = highest(best)
    for (const state of states) {
      const own = scores[state]! - cost(state)
      if (state <= count) {
        next.set(state, top + own)
        from.set(state, topState)
        continue
      }
      // What goes on has begun just before, or gone on.
      const [begun, gone] = [best.get(state - count), best.get(state)]
      if (n === 0 || (begun === undefined && gone === undefined)) continue
      const isBegun = (begun ?? Number.NEGATIVE_INFINITY) >= (gone ?? Number.NEGATIVE_INFINITY)
      next.set(state, (isBegun ? begun! : gone!) + own)
      from.set(state, isBegun ? state - count : state)
    }
    back.push(from)
    best = next
  }
  const path: number[] = []
  let [state] = highest(best)
  for (let n = asked.length - 1; n >= 0; n--) {
    path[n] = state
    state = back[n]!.get(state)!
  }
  const spans: { first: number; last: number; k: number }[] = []
  for (const [n, { i, scores }] of asked.entries()) {
    const at = path[n]!
    decisions.add(scores[at]!)
    if (at === 0) continue
    if (at <= count) spans.push({ first: i, last: i, k: at - 1 })
    else spans.at(-1)!.last = i
  }
  return spans.map(({ first, last, k }) => spanOf(units, first, last + 1, marks.names[k]!))
}

export interface SpanOptions {
  readonly allowed?: readonly number[]
  readonly noneCost?: number
}

function highest(scores: ReadonlyMap<number, number>): [number, number] {
  let found: [number, number] = [0, scores.size === 0 ? 0 : Number.NEGATIVE_INFINITY]
  for (const [state, score] of scores) if (score > found[1]) found = [state, score]
  return found
}

/** units[first..end) as a span of the caller's text, white space around it left out. */
export function spanOf(units: readonly Unit[], first: number, end: number, type: string): Span {
  const inside = units.slice(first, end)
  const head = inside.find((unit) => !unit.blank) ?? inside[0]!
  const tail = inside.findLast((unit) => !unit.blank) ?? inside.at(-1)!
  // A unit is white space or has it only in front; the first unit's added space is not in the caller's text.
  return { type, start: head.end - head.text.trimStart().length, end: tail.end }
}
