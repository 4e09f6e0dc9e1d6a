/** The texts a graph over characters does not accept: made deterministic, every state that did not accept does. */
import { ConstraintTooLargeError } from '../../errors.ts'
import { type CharAutomaton, type CharEdge, trim } from './char-automaton.ts'
import { type CodeSet, codeSet, everybody, union } from './code-set.ts'

const MAX_STATES = 3000

/** Throws ConstraintTooLargeError. */
export function complement({ edges, accepts }: CharAutomaton): CharAutomaton {
  const sets = [...new Set([...edges.flatMap((list) => list.map(({ set }) => set)), everybody])]
  const classes = partition(sets)
  const numbers = new Map<string, number>([['0', 0]])
  const members: (readonly number[])[] = [[0]]
  const out: CharEdge[][] = []
  for (let n = 0; n < members.length; n++) {
    const leaving = members[n]!.flatMap((state) => edges[state]!)
    /** The classes of characters that lead to the same states; to none where nothing is read. */
    const found = new Map<string, { readonly states: readonly number[]; readonly sets: CodeSet[] }>()
    for (const { set, within } of classes) {
      const reached = new Set(leaving.filter((edge) => within.has(edge.set)).map(({ to }) => to))
      const states = [...reached].sort((a, b) => a - b)
      const key = states.join()
      const target = found.get(key) ?? { states, sets: [] }
      target.sets.push(set)
      found.set(key, target)
    }
    out.push(
      [...found].map(([key, { states, sets }]) => {
        const to = numbers.get(key) ?? members.push(states) - 1
        numbers.set(key, to)
        return { set: union(...sets), to }
      }),
    )
    if (members.length > MAX_STATES) {
      throw new ConstraintTooLargeError(
        `a look-ahead needs more than ${MAX_STATES} states: make it simpler, or leave it out`,
      )
    }
  }
  return trim({ edges: out, accepts: members.map((states) => !states.some((state) => accepts[state])) })
}

interface CharClass {
  readonly set: CodeSet
  /** The sets it is part of; it has nothing in common with the others. */
  readonly within: ReadonlySet<CodeSet>
}

/** All characters, parted so that each of `sets` is made of parts. */
function partition(sets: readonly CodeSet[]): CharClass[] {
  // A set begins to hold at each of its lows and ceases behind each of its highs.
  const changes = new Map<number, CodeSet[]>()
  for (const set of sets) {
    set.forEach((code, i) => {
      const at = code + (i % 2)
      changes.set(at, [...(changes.get(at) ?? []), set])
    })
  }
  const borders = [...changes.keys()].sort((a, b) => a - b)
  const parts = new Map<string, { readonly within: ReadonlySet<CodeSet>; readonly ranges: number[] }>()
  const holding = new Set<CodeSet>()
  const numbers = new Map(sets.map((set, i) => [set, i]))
  borders.forEach((low, i) => {
    for (const set of changes.get(low)!) if (!holding.delete(set)) holding.add(set)
    if (holding.size === 0) return
    const key = [...holding]
      .map((set) => numbers.get(set)!)
      .sort((a, b) => a - b)
      .join()
    const part = parts.get(key) ?? { within: new Set(holding), ranges: [] }
    part.ranges.push(low, borders[i + 1]! - 1)
    parts.set(key, part)
  })
  return [...parts.values()].map(({ within, ranges }) => ({ within, set: codeSet(...ranges) }))
}
