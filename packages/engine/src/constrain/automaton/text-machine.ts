/**
 * Reads the inside of a JSON string up to its closing quote, counting code points where the bounds ask for it. A
 * character counts when it begins, so that one begun can always be ended.
 */
import type { JsonText, Rule } from '../grammar/grammar.ts'
import { type Call, MANY, type Machine, NONE, Node } from './node.ts'
import { BODY, CLOSED, type TextTable } from './text-table.ts'

export class TextMachine implements Machine {
  readonly rule: Rule
  readonly text: JsonText
  readonly table: TextTable
  readonly classOf: Uint8Array
  readonly #nodes = new Map<number, Node>()
  /** Beyond this no count matters. */
  readonly #cap: number
  readonly #made: (node: Node) => void

  constructor(rule: Rule, text: JsonText, table: TextTable, made: (node: Node) => void) {
    this.rule = rule
    this.text = text
    this.table = table
    this.classOf = table.classOf
    this.#made = made
    this.#cap = text.max === Number.POSITIVE_INFINITY ? text.min : text.max
  }

  get start(): Node {
    return this.#nodeOf(BODY, 0)
  }

  move(node: Node, byteClass: number): Node | null {
    return (node.next[byteClass] = this.#follow(node, this.table.byteOf[byteClass]!))
  }

  findCalls(node: Node): readonly Call[] {
    return (node.calls = [])
  }

  onlyByte(node: Node): number {
    const [state = BODY, count = 0] = node.states
    if (state === BODY && count < this.text.max) return MANY
    let only = NONE
    for (let byte = 0; byte < 256; byte++) {
      if (this.#follow(node, byte) === null) continue
      if (only !== NONE) return MANY
      only = byte
    }
    return only
  }

  forget(): void {
    for (const node of this.#nodes.values()) {
      node.next.fill(undefined)
    }
    this.#nodes.clear()
  }

  /** The fewest bytes that end a text at this node, the quote included. */
  shortest(node: Node): Uint8Array {
    const [state = BODY, count = 0] = node.states
    if (state === CLOSED) return new Uint8Array(0)
    const missing = new Uint8Array(Math.max(0, this.text.min - count)).fill(this.table.filler)
    return Uint8Array.of(...this.table.rest[state]!, ...missing, 0x22)
  }

  #follow(node: Node, byte: number): Node | null {
    const [state = BODY, count = 0] = node.states
    const next = this.table.next[256 * state + byte]!
    if (next < 0) return null
    if (state !== BODY) return this.#nodeOf(next, count)
    if (next === CLOSED) return count >= this.text.min ? this.#nodeOf(CLOSED, 0) : null
    return count < this.text.max ? this.#nodeOf(next, Math.min(count + 1, this.#cap)) : null
  }

  #nodeOf(state: number, count: number): Node {
    const key = state + this.table.states * count
    const known = this.#nodes.get(key)
    if (known) return known
    const isClosed = state === CLOSED
    const cost = isClosed ? 0 : this.table.rest[state]!.length + Math.max(0, this.text.min - count) + 1
    const node = new Node(this, Int32Array.of(state, count), this.table.byteOf.length, {
      accepts: isClosed,
      hasCalls: false,
      isLast: isClosed,
      cost,
    })
    this.#made(node)
    this.#nodes.set(key, node)
    return node
  }
}
