/**
 * Beginnings of token sequences and their keys and values: a radix tree, so that what sequences share is held once. A node
 * has some tokens, never none, and their bytes (kv-bytes.ts), which never change; where two sequences part, it is cut in
 * two. Bounded in bytes: leaves go first, those that were not asked for longest. It knows no model.
 */
import { cutPositions, type KvLayout, positionBytes } from './kv-bytes.ts'

interface Node {
  tokens: readonly number[]
  kv: Uint8Array
  parent: Node | undefined
  /** By their first token. */
  readonly children: Map<number, Node>
  /** The tree's clock when it was last asked for; never above its parent's. */
  used: number
}

/** The first `count` positions of a node's bytes. */
export interface Piece {
  readonly tokens: readonly number[]
  readonly kv: Uint8Array
  readonly count: number
}

export class PrefixTree {
  readonly layout: KvLayout
  /** What `heldBytes` never exceeds. */
  readonly maxBytes: number
  readonly #root: Node = nodeOf([], new Uint8Array(0), undefined)
  #heldBytes = 0
  #clock = 0

  constructor(layout: KvLayout, maxBytes: number) {
    this.layout = layout
    this.maxBytes = maxBytes
  }

  /** Bytes of keys and values. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** The longest known beginning of `tokens`, in pieces from the first position on; it counts as asked for. */
  find(tokens: readonly number[]): Piece[] {
    return this.#walk(tokens).map(({ node, count }) => ({ tokens: node.tokens, kv: node.kv, count }))
  }

  /**
   * Keeps `tokens` as far as they fit the bound; `read(from, to)` gives the bytes of positions and is asked only for those
   * that are new. When it throws nothing is added; what had to go for it is gone.
   */
  insert(tokens: readonly number[], read: (from: number, to: number) => Uint8Array): void {
    const bytes = positionBytes(this.layout)
    const fits = tokens.slice(0, Math.floor(this.maxBytes / bytes))
    const path = this.#walk(fits)
    const known = path.reduce((sum, { count }) => sum + count, 0)
    if (known === fits.length) return
    const last = path.at(-1)
    const isInside = last !== undefined && last.count < last.node.tokens.length
    const parent = isInside ? this.#cut(last.node, last.count) : (last?.node ?? this.#root)
    this.#makeRoom((fits.length - known) * bytes, parent)
    const kv = read(known, fits.length)
    const leaf = nodeOf(fits.slice(known), kv, parent)
    leaf.used = this.#clock
    parent.children.set(leaf.tokens[0]!, leaf)
    this.#heldBytes += kv.length
  }

  clear(): void {
    this.#root.children.clear()
    this.#heldBytes = 0
  }

  #walk(tokens: readonly number[]): { node: Node; count: number }[] {
    const path: { node: Node; count: number }[] = []
    this.#clock++
    for (let at = 0, node = this.#root.children.get(tokens[0]!); node; ) {
      let count = 0
      while (count < node.tokens.length && node.tokens[count] === tokens[at + count]) count++
      node.used = this.#clock
      path.push({ node, count })
      at += count
      node = count === node.tokens.length ? node.children.get(tokens[at]!) : undefined
    }
    return path
  }

  /** Divides a node after `count` of its tokens; the front half is new and takes its place. */
  #cut(node: Node, count: number): Node {
    const { tokens, kv, parent } = node
    const front = nodeOf(tokens.slice(0, count), cutPositions(kv, this.layout, 0, count), parent)
    const kvOfRest = cutPositions(kv, this.layout, count, tokens.length)
    front.used = node.used
    node.tokens = tokens.slice(count)
    node.kv = kvOfRest
    node.parent = front
    front.children.set(node.tokens[0]!, node)
    parent!.children.set(front.tokens[0]!, front)
    return front
  }

  /** Drops leaves until `bytes` more are within the bound; `kept` and what it goes on from stay. */
  #makeRoom(bytes: number, kept: Node): void {
    while (this.#heldBytes + bytes > this.maxBytes) {
      let oldest: Node | undefined
      for (const node of this.#nodes()) {
        const isLeaf = node.children.size === 0 && node !== kept
        if (isLeaf && node.used < (oldest?.used ?? Number.POSITIVE_INFINITY)) oldest = node
      }
      if (!oldest) return
      oldest.parent!.children.delete(oldest.tokens[0]!)
      this.#heldBytes -= oldest.kv.length
    }
  }

  *#nodes(): Generator<Node, void> {
    const open = [...this.#root.children.values()]
    for (let node = open.pop(); node; node = open.pop()) {
      yield node
      open.push(...node.children.values())
    }
  }
}

function nodeOf(tokens: readonly number[], kv: Uint8Array, parent: Node | undefined): Node {
  return { tokens, kv, parent, children: new Map(), used: 0 }
}
