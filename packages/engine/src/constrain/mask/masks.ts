/**
 * The tokens allowed in a state of one constraint: the masks of the nodes its ways of reading are at, and of the callers
 * of these for tokens that go beyond. Masks are remembered by node, up to a bound.
 */
import { type Frame, reach, read } from '../automaton/frame.ts'
import type { Node } from '../automaton/node.ts'
import { TextMachine } from '../automaton/text-machine.ts'
import { BODY, CLOSED } from '../automaton/text-table.ts'
import { clearBit, type Mask, setBit, words } from './mask.ts'
import { findNode } from './trie.ts'
import type { Vocabulary } from './vocabulary.ts'
import { walk } from './walk.ts'

/** Bytes of wide masks before all are forgotten. */
const MAX_BYTES = 64 * 2 ** 20

export class Masks {
  readonly #vocabulary: Vocabulary
  #forgettable = new WeakMap<Node, readonly Mask[]>()
  #bytes = 0

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  /** A new mask of the tokens that may follow, without those that end. */
  allowed(ways: readonly Frame[]): Uint32Array {
    const bits = new Uint32Array(words(this.#vocabulary.tokenizer.size))
    for (const frame of reach(ways)) {
      if (frame.text === undefined) this.#add(frame, bits)
      else this.#addKey(frame, bits)
    }
    return bits
  }

  #add(frame: Frame, bits: Uint32Array): void {
    for (const mask of this.#masksOf(frame.node)) this.#addMask(mask, frame, frame, bits)
  }

  /** In the name of an undeclared property: all but what would end it as a name that its object has already. */
  #addKey(frame: Frame, bits: Uint32Array): void {
    const own = new Uint32Array(bits.length)
    this.#add(frame, own)
    const { node, used } = frame.parent!
    for (const names of [node.machine.rule.declared, used]) {
      for (const name of names ?? []) {
        if (name.startsWith(frame.text!)) this.#clear(`${name.slice(frame.text!.length)}"`, own)
      }
    }
    for (let i = 0; i < bits.length; i++) bits[i]! |= own[i]!
  }

  #clear(rest: string, bits: Uint32Array): void {
    const { trie } = this.#vocabulary
    const node = findNode(
      trie,
      Array.from(rest, (char) => char.charCodeAt(0)),
    )
    if (node < 0) return
    for (let t = trie.firstToken[node]!; t < trie.firstToken[trie.end[node]!]!; t++) {
      clearBit(bits, trie.tokens[t]!)
    }
  }

  /** `mask` belongs to the node of `frame`; `origin` is where its tokens begin. */
  #addMask(mask: Mask, frame: Frame, origin: Frame, bits: Uint32Array): void {
    if (mask.bits) for (let i = 0; i < bits.length; i++) bits[i]! |= mask.bits[i]!
    for (const id of mask.ids) setBit(bits, id)
    for (const id of mask.tries) if (this.#canRead(origin, id)) setBit(bits, id)
    const { parent } = frame
    if (!parent || mask.rest().length === 0) return
    let above = mask.above.get(parent.node)
    if (!above) {
      above = walk(mask.rest(), parent.node, this.#vocabulary.tokenizer.size, true)
      mask.above.set(parent.node, above)
    }
    this.#addMask(above, parent, origin, bits)
  }

  #canRead(origin: Frame, id: number): boolean {
    let ways: readonly Frame[] = [origin]
    for (const byte of this.#vocabulary.tokenizer.bytesOf(id)) ways = read(ways, byte)
    return ways.length > 0
  }

  #masksOf(node: Node): readonly Mask[] {
    const { machine } = node
    const { trie, tokenizer } = this.#vocabulary
    if (machine instanceof TextMachine && node.states[0] !== CLOSED) {
      const [state = BODY, count = 0] = node.states
      const { min, max } = machine.text
      return this.#vocabulary.textMasks(machine.table).after(state, Math.max(0, min - count), max - count)
    }
    const known = this.#forgettable.get(node)
    if (known) return known
    const mask = walk([{ trie, node: 0 }], node, tokenizer.size, false)
    this.#bytes += mask.bits?.byteLength ?? 0
    if (this.#bytes > MAX_BYTES) {
      this.#forgettable = new WeakMap()
      this.#bytes = mask.bits?.byteLength ?? 0
    }
    this.#forgettable.set(node, [mask])
    return [mask]
  }
}
