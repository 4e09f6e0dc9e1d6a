/**
 * Reads all strings of a trie at once from one node: the tokens that can be read without knowing what the rule was called
 * for, and where the rule ended inside of a token.
 */
import { FLOOR, Frame, isTaken, reach } from '../automaton/frame.ts'
import type { Node } from '../automaton/node.ts'
import { readsAll } from './horizon.ts'
import { type Ended, type Mask, makeMask, TokenList } from './mask.ts'
import type { View } from './trie.ts'

/** The names an object has when that is not known. */
const UNKNOWN: ReadonlySet<string> = new Set()

/**
 * The mask of `node` for what lies below some nodes of tries. `isInside` of tokens that have begun before it; otherwise
 * what its calls and its caller allow from the start is left to those.
 */
export function walk(views: readonly View[], node: Node, size: number, isInside: boolean): Mask {
  const found = new TokenList(size)
  const tries: number[] = []
  const ended: Ended[] = []
  const frame = new Frame(node, FLOOR, undefined, UNKNOWN)
  for (const view of views) {
    const walker = new Walker(view.trie, found, tries)
    if (isInside) walker.branch(frame, view.node)
    walker.down(frame, view.node)
    if (walker.ended.length > 0) ended.push({ trie: view.trie, nodes: walker.ended })
  }
  return makeMask(found, ended, tries)
}

/** Smaller branches are read, which is as fast as to ask whether they must be. */
const LARGE_BRANCH = 3

class Walker {
  readonly #trie: View['trie']
  readonly #found: TokenList
  readonly #tries: number[]
  /** Nodes of the trie at which the rule of the floor ended. */
  readonly ended: number[] = []

  /** Tokens found are added to `found`, those to be tried where they stand to `tries`. */
  constructor(trie: View['trie'], found: TokenList, tries: number[]) {
    this.#trie = trie
    this.#found = found
    this.#tries = tries
  }

  /** Reads what lies below node `top` of the trie, where `frame` is. */
  down(frame: Frame, top: number): void {
    const { byte, depth, end, firstToken, tokens, kinds, height } = this.#trie
    const { classOf } = frame.node.machine
    const found = this.#found
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
      const isWhole =
        end[i]! - i > LARGE_BRANCH &&
        !next.accepts &&
        !next.hasCalls &&
        !isKey &&
        readsAll(next, kinds[i]!, height[i]!)
      const after = isWhole || next.isLast ? end[i]! : i + 1
      const lastToken = firstToken[isWhole ? after : i + 1]!
      if (lastToken > firstToken[i]!) found.add(tokens, firstToken[i]!, lastToken)
      if (next.accepts || next.hasCalls) this.branch(new Frame(next, frame.parent, undefined, frame.used), i)
      nodes[d] = next
      i = after
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
    this.#found.add(tokens, firstToken[at]!, firstToken[at + 1]!)
  }
}
