/**
 * The fewest bytes from every state to the end of its rule, and the edge to take: Knuth's generalisation of Dijkstra's
 * algorithm to grammars (Information Processing Letters 6(1), 1977). A state without a way to the end costs Infinity and
 * is never entered, which is what makes every text that was begun completable.
 */
import { BadConstraintError } from '../../errors.ts'
import { type Automaton, BYTE, CALL, EMPTY, isText } from './automaton.ts'
import { minHeap } from './heap.ts'

/** Letters that suffice to make a new property name of what is begun: there are 475,254 endings of up to four. */
export const NAME_LETTERS = 4

export interface Costs {
  /** Fewest bytes from a state to the end of its rule; Infinity when there is no way. */
  readonly state: Float64Array
  /** The edge to take from a state; -1 at the end of a rule. */
  readonly edge: Int32Array
  /** Fewest bytes a rule writes. Of a new property name an upper bound: the shorter ones may be taken. */
  readonly rule: Float64Array
}

/** Letters and the quote. */
const KEY_COST = NAME_LETTERS + 1

/** Throws BadConstraintError when nothing satisfies the constraint, or a rule begins with itself. */
export function findCosts(automaton: Automaton): Costs {
  const { states, rules, kind, low, to } = automaton
  const costs: Costs = {
    state: new Float64Array(states).fill(Number.POSITIVE_INFINITY),
    edge: new Int32Array(states).fill(-1),
    rule: new Float64Array(rules.length).fill(Number.POSITIVE_INFINITY),
  }
  const edgesTo = groupBy(states, to)
  const isCall = (e: number) => kind[e] === CALL
  const callsOf = groupBy(rules.length, low, isCall)
  const from = sources(automaton)
  const done = new Uint8Array(states)
  const heap = minHeap()
  const ruleOfStart = new Map<number, number>()

  const offer = (e: number, cost: number): void => {
    const s = from[e]!
    if (cost >= costs.state[s]!) return
    costs.state[s] = cost
    costs.edge[s] = e
    heap.push(cost, s)
  }
  rules.forEach(({ rule, start, end }, number) => {
    if (isText(rule.body)) costs.rule[number] = rule.body.isKey ? KEY_COST : rule.body.min + 1
    else {
      ruleOfStart.set(start, number)
      costs.state[end] = 0
      heap.push(0, end)
    }
  })
  for (let s = heap.pop(); s !== undefined; s = heap.pop()) {
    if (done[s]) continue
    done[s] = 1
    const cost = costs.state[s]!
    for (const e of edgesTo(s)) {
      if (isCall(e)) offer(e, costs.rule[low[e]!]! + cost)
      else offer(e, cost + (kind[e] === BYTE ? 1 : 0))
    }
    const number = ruleOfStart.get(s)
    if (number === undefined) continue
    costs.rule[number] = cost
    for (const e of callsOf(number)) if (done[to[e]!]) offer(e, cost + costs.state[to[e]!]!)
  }
  if (costs.rule[0] === Number.POSITIVE_INFINITY) {
    throw new BadConstraintError(
      'no text satisfies the constraint: its parts contradict each other, or the vocabulary cannot spell it',
    )
  }
  refuseEndless(automaton, costs)
  return costs
}

/** A rule that calls itself before it has read a byte would be entered without end. */
function refuseEndless(automaton: Automaton, costs: Costs): void {
  const OPEN = 1
  const DONE = 2
  const marks = new Uint8Array(automaton.rules.length)
  const visit = (number: number): void => {
    if (marks[number] === DONE) return
    const { rule, start } = automaton.rules[number]!
    if (marks[number] === OPEN) {
      throw new BadConstraintError(`${rule.name} refers to itself with nothing in between: it has no end`)
    }
    marks[number] = OPEN
    if (start >= 0) for (const called of firstCalls(automaton, costs, start)) visit(called)
    marks[number] = DONE
  }
  for (let number = 0; number < automaton.rules.length; number++) visit(number)
}

/** The rules that may be called before a byte was read. */
function firstCalls(automaton: Automaton, costs: Costs, start: number): Set<number> {
  const called = new Set<number>()
  const seen = new Set([start])
  for (const s of seen) {
    for (let e = automaton.first[s]!; e < automaton.first[s + 1]!; e++) {
      if (costs.state[automaton.to[e]!] === Number.POSITIVE_INFINITY) continue
      const isCall = automaton.kind[e] === CALL
      if (isCall && costs.rule[automaton.low[e]!] !== Number.POSITIVE_INFINITY) called.add(automaton.low[e]!)
      if (automaton.kind[e] === EMPTY || (isCall && costs.rule[automaton.low[e]!] === 0)) {
        seen.add(automaton.to[e]!)
      }
    }
  }
  return called
}

function sources(automaton: Automaton): Int32Array {
  const from = new Int32Array(automaton.to.length)
  for (let s = 0; s < automaton.states; s++) from.fill(s, automaton.first[s], automaton.first[s + 1])
  return from
}

/** The edges by a number each of them has. */
function groupBy(
  count: number,
  numberOf: Int32Array,
  counts: (edge: number) => boolean = () => true,
): (number: number) => Int32Array {
  const first = new Int32Array(count + 1)
  for (let e = 0; e < numberOf.length; e++) if (counts(e)) first[numberOf[e]! + 1]!++
  for (let n = 0; n < count; n++) first[n + 1]! += first[n]!
  const next = first.slice()
  const edges = new Int32Array(first[count]!)
  for (let e = 0; e < numberOf.length; e++) if (counts(e)) edges[next[numberOf[e]!]!++] = e
  return (number) => edges.subarray(first[number], first[number + 1])
}
