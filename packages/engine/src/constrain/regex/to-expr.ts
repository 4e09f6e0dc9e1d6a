/** A graph over characters as one over bytes: plain UTF-8, or the inside of a JSON string spelled as by JSON.stringify. */
import { ConstraintTooLargeError } from '../../errors.ts'
import { type Expr, NetBuilder, oneOf } from '../grammar/grammar.ts'
import type { CharAutomaton } from './char-automaton.ts'
import { type CodeSet, codeSet, complement, interner, intersect } from './code-set.ts'
import { type ByteGraph, type ByteSequence, byteGraph, utf8Sequences } from './utf8.ts'

export type Spelling = 'plain' | 'json'

const MAX_ARCS = 300_000

/** Throws ConstraintTooLargeError. */
export function toExpr({ edges, accepts }: CharAutomaton, spelling: Spelling): Expr {
  const net = new NetBuilder()
  const places = edges.map((_, state) => (state === 0 ? net.start : net.place()))
  let arcs = 0
  /** The place from which the bytes of a character of `set` lead to `to`: many edges may have the same. */
  const entries = new Map<CodeSet, Map<number, number>>()
  const entry = (set: CodeSet, to: number): number => {
    const known = entries.get(set)?.get(to)
    if (known !== undefined) return known
    const graph = graphOf(set, spelling)
    const own = Array.from({ length: graph.places }, (_, place) => (place === 1 ? to : net.place()))
    entries.set(set, (entries.get(set) ?? new Map<number, number>()).set(to, own[0]!))
    if ((arcs += graph.arcs.length) > MAX_ARCS) {
      throw new ConstraintTooLargeError(
        `an expression needs more than ${MAX_ARCS} arcs over bytes: use smaller repetitions or classes`,
      )
    }
    for (const [from, next, low, high] of graph.arcs) net.arc(own[from]!, own[next]!, oneOf(low, high))
    return own[0]!
  }
  const intern = interner()
  edges.forEach((list, state) => {
    for (const { set, to } of list) net.arc(places[state]!, entry(intern(set), places[to]!))
    if (accepts[state]) net.arc(places[state]!, net.end)
  })
  return net.expr
}

const special = codeSet(0, 0x1f, 0x22, 0x22, 0x5c, 0x5c)
const unescaped = complement(special)
const graphs = { plain: new WeakMap<CodeSet, ByteGraph>(), json: new WeakMap<CodeSet, ByteGraph>() }

function graphOf(set: CodeSet, spelling: Spelling): ByteGraph {
  const known = graphs[spelling].get(set)
  if (known) return known
  const sequences =
    spelling === 'plain'
      ? utf8Sequences(set)
      : [...utf8Sequences(intersect(set, unescaped)), ...escapes(intersect(set, special))]
  const graph = byteGraph(sequences)
  graphs[spelling].set(set, graph)
  return graph
}

/** Escapes that differ in their last character only, by neighbours, are one sequence. */
function escapes(set: CodeSet): ByteSequence[] {
  const sequences: ByteSequence[] = []
  let start = ''
  let low = 0
  let high = 0
  const end = (): void => {
    if (start !== '') sequences.push([...Array.from(start, bytePair), [low, high]])
  }
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i]!; code <= set[i + 1]!; code++) {
      const spelling = JSON.stringify(String.fromCodePoint(code)).slice(1, -1)
      const last = spelling.charCodeAt(spelling.length - 1)
      if (spelling.slice(0, -1) === start && last === high + 1) {
        high = last
        continue
      }
      end()
      start = spelling.slice(0, -1)
      low = high = last
    }
  }
  end()
  return sequences
}

const bytePair = (char: string): [number, number] => [char.charCodeAt(0), char.charCodeAt(0)]
