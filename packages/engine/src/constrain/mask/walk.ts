/**
 * Reads all strings of a trie at once from one node: the tokens that can be read without knowing what the rule was called
 * for, and where the rule ended inside of a token.
 */
import { FLOOR, Frame, isTaken, reach } from '../automaton/frame.ts'
import type { Node } from '../automaton/node.ts'
import { type Ended, type Mask, makeMask } from './mask.ts'
import type { View } from './trie.ts'

/** The names an object has when that is not known. */
const UNKNOWN: ReadonlySet<string> = new Set()

/**
 * The mask of `node` for what lies below some nodes of tries. `isInside` of tokens that have begun before it; otherwise
 * what its calls and its caller allow from the start is left to those.
 */
export function walk(views: readonly View[], node: Node, size: number, isInside: boolean): Mask {
  const ids: number[] = []
  const tries: number[] = []
  const ended: Ended[] = []
  const frame = new Frame(node, FLOOR, undefined, UNKNOWN)
  for (const view of views) {
    const walker = new Walker(view.trie, ids, tries)
    if (isInside) walker.branch(frame, view.node)
    walker.down(frame, view.node)
    if (walker.ended.length > 0) ended.push({ trie: view.trie, nodes: walker.ended })
  }
  return makeMask(ids, ended, tries, size)
}

class Walker {
  readonly #trie: View['trie']
  readonly #ids: number[]
  readonly #tries: number[]
  /** Nodes of the trie at which the rule of the floor ended. */
  readonly ended: number[] = []

  /** Tokens found are added to `ids`, those to be tried where they stand to `tries`. */
  constructor(trie: View['trie'], ids: number[], tries: number[]) {
    this.#trie = trie
    this.#ids = ids
    this.#tries = tries
  }

  /** Reads what lies below node `top` of the trie, where `frame` is. */
  down(frame: Frame, top: number): void {
    const { byte, depth, end, firstToken, tokens } = this.#trie
    const { classOf } = frame.node.machine
    const ids = this.#ids
    const last = end[top]!
    const isKey = frame.text !== undefined
    /** What is read at each depth, and the bytes there. */
    const nodes = [frame.node]
    const path: number[] = []
    const base = depth[top]!
    for (let i = top + 1; i < last; ) {
      const d = depth[i]! - base
      const before = nodes[d - 1]!
      const byteClass = classOf[byte[i]!]!
      let next = before.next[byteClass]
      if (next === undefined) next = before.machine.move(before, byteClass)
      if (next === null) {
        i = end[i]!
        continue
      }
      if (isKey) {
        path[d - 1] = byte[i]!
        if (next.accepts) {
          this.#endKey(frame, next, frame.text + String.fromCharCode(...path.slice(0, d - 1)), i)
          i = end[i]!
          continue
        }
      }
      for (let t = firstToken[i]!; t < firstToken[i + 1]!; t++) ids.push(tokens[t]!)
      if (next.accepts || next.hasCalls) this.branch(new Frame(next, frame.parent, undefined, frame.used), i)
      nodes[d] = next
      i = next.isLast ? end[i]! : i + 1
    }
  }

  /** What may follow at a node of the trie by calling a rule, or after the end of this one. */
  branch(frame: Frame, at: number): void {
    if (this.#trie.end[at] === at + 1) return
    for (const way of reach([frame])) {
      if (way !== frame) this.down(way, at)
      if (way.node.accepts && way.parent === FLOOR) this.ended.push(at)
    }
  }

  #endKey(frame: Frame, closed: Node, name: string, at: number): void {
    const { firstToken, end, tokens } = this.#trie
    const object = frame.parent!
    if (object.used === UNKNOWN) {
      if (isTaken(object, name)) return
      for (let t = firstToken[at]!; t < firstToken[end[at]!]!; t++) this.#tries.push(tokens[t]!)
    } else if (!isTaken(object, name)) {
      this.#accept(at)
      this.branch(new Frame(closed, object, name), at)
    }
  }

  #accept(at: number): void {
    const { firstToken, tokens } = this.#trie
    for (let t = firstToken[at]!; t < firstToken[at + 1]!; t++) this.#ids.push(tokens[t]!)
  }
}
