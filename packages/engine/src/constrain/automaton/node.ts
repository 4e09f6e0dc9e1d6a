/**
 * A place in one rule while text is read: what the states of its graph are after the bytes so far. Nodes are made when
 * they are first reached and then remembered, so that reading is one look-up a byte.
 */
import type { Rule } from '../grammar/grammar.ts'
import type { Horizon } from '../mask/horizon.ts'

/** Reads one rule. */
export interface Machine {
  readonly rule: Rule
  /** Bytes that no node of this rule tells apart have the same class; `next` is indexed by it. */
  readonly classOf: Uint8Array
  readonly start: Node
  /** Fills `next[byteClass]` of one of its nodes. */
  move(node: Node, byteClass: number): Node | null
  /** Fills `calls` of one of its nodes. */
  findCalls(node: Node): readonly Call[]
  /** The byte that is the only one the rule itself goes on with; NONE or MANY when it is not one. */
  onlyByte(node: Node): number
}

export const NONE = -1
export const MANY = 256

export interface Call {
  readonly machine: Machine
  /** Where the caller goes on. */
  readonly after: Node
}

export class Node {
  readonly machine: Machine
  /** The states: of a graph in rising order; of the inside of a JSON string [state, code points so far]. */
  readonly states: Int32Array
  /** Whether the rule may end here. */
  readonly accepts: boolean
  /** Whether it may call other rules. */
  readonly hasCalls: boolean
  /** Whether it can do nothing but end. */
  readonly isLast: boolean
  /** Fewest bytes to the end of the rule. */
  readonly cost: number
  readonly next: (Node | null | undefined)[]
  calls: readonly Call[] | undefined
  /** Kept here for ../mask/horizon.ts. */
  horizon: Horizon | undefined

  constructor(
    machine: Machine,
    states: Int32Array,
    classes: number,
    facts: Pick<Node, 'accepts' | 'hasCalls' | 'isLast' | 'cost'>,
  ) {
    this.machine = machine
    this.states = states
    this.accepts = facts.accepts
    this.hasCalls = facts.hasCalls
    this.isLast = facts.isLast
    this.cost = facts.cost
    this.next = new Array<Node | null | undefined>(classes).fill(undefined)
    this.calls = undefined
    this.horizon = undefined
  }

  /** The node after `byte`; null when the rule cannot go on with it. */
  after(byte: number): Node | null {
    const byteClass = this.machine.classOf[byte]!
    const known = this.next[byteClass]
    return known === undefined ? this.machine.move(this, byteClass) : known
  }
}

const none: readonly Call[] = []

export function callsOf(node: Node): readonly Call[] {
  if (!node.hasCalls) return none
  return node.calls ?? node.machine.findCalls(node)
}
