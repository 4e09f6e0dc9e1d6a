/**
 * Reads a rule by its graph: the subset construction, done lazily. States without a way to the end are never entered.
 */
import type { Rule } from '../grammar/grammar.ts'
import { type Automaton, BYTE, CALL, EMPTY } from './automaton.ts'
import type { Costs } from './costs.ts'
import { type Call, MANY, type Machine, NONE, Node } from './node.ts'

/** What the machines of one constraint share. */
export interface Shared {
  readonly automaton: Automaton
  readonly costs: Costs
  machineOf(rule: number): Machine
  /** Called for each node made, before it is used: the owner forgets nodes when there are too many. */
  made(node: Node): void
  /** Room to mark states in, and the last mark used. */
  readonly marks: Int32Array
  lastMark: number
}

export class GraphMachine implements Machine {
  readonly rule: Rule
  readonly classOf: Uint8Array
  readonly #shared: Shared
  /** A byte of each class. */
  readonly #byteOf: number[]
  readonly #end: number
  readonly #nodes = new Map<string, Node>()
  readonly #first: number
  #start: Node | undefined

  constructor(shared: Shared, number: number) {
    const { rule, start, end } = shared.automaton.rules[number]!
    this.rule = rule
    this.#shared = shared
    this.#first = start
    this.#end = end
    const { classOf, byteOf } = byteClasses(shared.automaton, start)
    this.classOf = classOf
    this.#byteOf = byteOf
  }

  get start(): Node {
    return (this.#start ??= this.#nodeOf([this.#first])!)
  }

  move(node: Node, byteClass: number): Node | null {
    const { first, kind, low, high, to } = this.#shared.automaton
    const byte = this.#byteOf[byteClass]!
    const reached: number[] = []
    for (const s of node.states) {
      for (let e = first[s]!; e < first[s + 1]!; e++) {
        if (kind[e] === BYTE && byte >= low[e]! && byte <= high[e]!) reached.push(to[e]!)
      }
    }
    return (node.next[byteClass] = this.#nodeOf(reached))
  }

  findCalls(node: Node): readonly Call[] {
    const { first, kind, low, to } = this.#shared.automaton
    const ruleCosts = this.#shared.costs.rule
    const after = new Map<number, number[]>()
    for (const s of node.states) {
      for (let e = first[s]!; e < first[s + 1]!; e++) {
        if (kind[e] !== CALL || ruleCosts[low[e]!] === Number.POSITIVE_INFINITY) continue
        const list = after.get(low[e]!)
        if (list) list.push(to[e]!)
        else after.set(low[e]!, [to[e]!])
      }
    }
    const calls: Call[] = []
    for (const [rule, states] of after) {
      const next = this.#nodeOf(states)
      if (next) calls.push({ machine: this.#shared.machineOf(rule), after: next })
    }
    return (node.calls = calls)
  }

  onlyByte(node: Node): number {
    const { first, kind, low, high, to } = this.#shared.automaton
    let only = NONE
    for (const s of node.states) {
      for (let e = first[s]!; e < first[s + 1]!; e++) {
        if (kind[e] !== BYTE || this.#shared.costs.state[to[e]!] === Number.POSITIVE_INFINITY) continue
        if (low[e] !== high[e] || (only !== NONE && only !== low[e])) return MANY
        only = low[e]!
      }
    }
    return only
  }

  /** Forgets the nodes; those in use stay as they are and find new neighbours. */
  forget(): void {
    for (const node of this.#nodes.values()) {
      node.next.fill(undefined)
      node.calls = undefined
    }
    this.#nodes.clear()
    this.#start = undefined
  }

  #nodeOf(reached: readonly number[]): Node | null {
    const states = this.#close(reached)
    if (states.length === 0) return null
    const key = states.join()
    const known = this.#nodes.get(key)
    if (known) return known
    const accepts = states.includes(this.#end)
    const { first, kind } = this.#shared.automaton
    let cost = Number.POSITIVE_INFINITY
    let hasCalls = false
    for (const s of states) {
      cost = Math.min(cost, this.#shared.costs.state[s]!)
      for (let e = first[s]!; e < first[s + 1]!; e++) hasCalls ||= kind[e] === CALL
    }
    const isLast = accepts && states.length === 1
    const node = new Node(this, states, this.#byteOf.length, { accepts, hasCalls, isLast, cost })
    this.#shared.made(node)
    this.#nodes.set(key, node)
    return node
  }

  /** All states reached without a byte that read something or end the rule, in rising order. */
  #close(reached: readonly number[]): Int32Array {
    const { automaton, costs, marks } = this.#shared
    const { first, kind, to } = automaton
    const mark = ++this.#shared.lastMark
    const found: number[] = []
    const open = [...reached]
    for (let s = open.pop(); s !== undefined; s = open.pop()) {
      if (marks[s] === mark || costs.state[s] === Number.POSITIVE_INFINITY) continue
      marks[s] = mark
      let reads = s === this.#end
      for (let e = first[s]!; e < first[s + 1]!; e++) {
        if (kind[e] === EMPTY) open.push(to[e]!)
        else reads = true
      }
      if (reads) found.push(s)
    }
    return Int32Array.from(found).sort()
  }
}

/** Bytes between the same borders of all edges of a rule are one class. */
function byteClasses(automaton: Automaton, start: number): { classOf: Uint8Array; byteOf: number[] } {
  const { first, kind, low, high, to } = automaton
  const begins = new Uint8Array(257)
  const seen = new Uint8Array(automaton.states)
  seen[start] = 1
  const open = [start]
  for (let s = open.pop(); s !== undefined; s = open.pop()) {
    for (let e = first[s]!; e < first[s + 1]!; e++) {
      if (kind[e] === BYTE) begins[low[e]!] = begins[high[e]! + 1] = 1
      if (!seen[to[e]!]) {
        seen[to[e]!] = 1
        open.push(to[e]!)
      }
    }
  }
  const classOf = new Uint8Array(256)
  const byteOf = [0]
  for (let byte = 1; byte < 256; byte++) {
    if (begins[byte]) byteOf.push(byte)
    classOf[byte] = byteOf.length - 1
  }
  return { classOf, byteOf }
}
