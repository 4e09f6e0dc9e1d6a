/**
 * What the model says of a text it reads both ways (protocol.md): of the whole text at the place of the task's token, of each
 * unit at the place of the unit's first token. A text longer than one pass is read in windows that overlap; a unit in two of
 * them is judged where it stands further from the edge, the whole by the mean of all.
 */
import type { Model, Turn } from '@edgewise/engine'
import { idsOf, type Protocol, type Unit } from './protocol.ts'
import { logSoftmax } from './score.ts'
import type { MiniTask } from './tasks.ts'

/** Tokens of one pass, the task's and the end's among them: what the model was trained on. */
export const LONGEST = 128
const ROOM: number = LONGEST - 2
/** Tokens that two windows share. */
const SHARED = 48

/** Classes by their token ids; what is not asked for is not scored. */
export interface Question {
  readonly whole?: readonly number[]
  readonly each?: readonly number[]
}

export interface Reading {
  /** Log-probabilities among `whole`; empty when it was not asked for. */
  readonly whole: readonly number[]
  /** For each unit the log-probabilities among `each`; undefined for white space, and when it was not asked for. */
  readonly units: readonly (readonly number[] | undefined)[]
}

/** What reads: an open model, its protocol, and the host's turn between two passes. */
export interface Reader {
  readonly model: Model
  readonly protocol: Protocol
  readonly turn: Turn
}

/** Throws what `Model.encode` throws, and what `turn` throws. */
export async function read(
  { model, protocol, turn }: Reader,
  task: MiniTask,
  units: readonly Unit[],
  { whole = [], each = [] }: Question,
): Promise<Reading> {
  const judged: (readonly number[] | undefined)[] = units.map(() => undefined)
  const sum = whole.map(() => 0)
  const parts = windows(units)
  for (const { from, to, first, last } of parts) {
    const { ids, places } = protocol.reading(task, units.slice(from, to))
    const asked = each.length === 0 ? [] : range(first, last).filter((i) => !units[i]!.blank)
    const wanted = [...(whole.length > 0 ? [0] : []), ...asked.map((i) => places[i - from]!)]
    if (wanted.length === 0) continue
    const logits = model.encode(ids, wanted)
    const vocab = logits.length / wanted.length
    const among = (row: number, classes: readonly number[]) =>
      logSoftmax(classes.map((id) => logits[row * vocab + id]!))
    if (whole.length > 0) for (const [k, value] of among(0, whole).entries()) sum[k]! += value
    const skip = wanted.length - asked.length
    for (const [row, i] of asked.entries()) judged[i] = among(row + skip, each)
    await turn()
  }
  return {
    whole: whole.length > 0 ? logSoftmax(sum.map((value) => value / parts.length)) : [],
    units: judged,
  }
}

/** units[from..to) are read together, units[first..last) judged there. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly first: number
  readonly last: number
}

/** Windows of at most ROOM tokens that judge each unit once, in order; one, even of no unit. */
export function windows(units: readonly Unit[]): Window[] {
  const out: { from: number; to: number }[] = []
  for (let from = 0; ; ) {
    let to = from
    for (let room = ROOM; to < units.length && tokensOf(units[to]!) <= room; to++)
      room -= tokensOf(units[to]!)
    out.push({ from, to })
    if (to >= units.length) break
    let next = to
    for (let room = SHARED; next - 1 > from && tokensOf(units[next - 1]!) <= room; next--)
      room -= tokensOf(units[next - 1]!)
    from = next
  }
  const middle = (k: number) => Math.ceil((out[k]!.from + out[k - 1]!.to) / 2)
  return out.map(({ from, to }, k) => ({
    from,
    to,
    first: k === 0 ? 0 : middle(k),
    last: k === out.length - 1 ? units.length : middle(k + 1),
  }))
}

const tokensOf = (unit: Unit): number => idsOf(unit).length

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
