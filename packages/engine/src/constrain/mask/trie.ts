/**
 * Byte strings of tokens as a tree in flat arrays, in order of a walk from the root: what cannot follow is skipped with
 * all that begins with it. Of the whole vocabulary, and of what is left of tokens after a rule has ended.
 */
import { kindOf } from './horizon.ts'

export interface Trie {
  /** The byte that leads to a node; node 0 is the root. */
  readonly byte: Uint8Array
  /** Bytes from the root. */
  readonly depth: Uint16Array
  /** The first node that is no longer below a node. */
  readonly end: Int32Array
  /** Tokens ending at node i are tokens[firstToken[i]] .. tokens[firstToken[i + 1] - 1]; those below it follow them. */
  readonly firstToken: Int32Array
  readonly tokens: Int32Array
  /** Of the bytes below a node: bit k when one is of kind k (see horizon.ts), and how many there are on the longest way. */
  readonly kinds: Uint32Array
  readonly height: Uint16Array
}

/** The part of a trie below a node. */
export interface View {
  readonly trie: Trie
  readonly node: number
}

/** Byte strings with the tokens they stand for: string i is buffer[starts[i]] .. buffer[starts[i] + lengths[i] - 1]. */
export interface Strings {
  readonly buffer: Uint8Array
  readonly starts: Int32Array
  readonly lengths: Int32Array
  readonly ids: Int32Array
}

export function buildTrie(strings: Strings): Trie {
  const { buffer, starts, lengths, ids } = strings
  const order = sortStrings(strings)
  let most = 1
  for (const length of lengths) most += length
  const byte = new Uint8Array(most)
  const depth = new Uint16Array(most)
  const end = new Int32Array(most)
  const firstToken = new Int32Array(most + 1)
  const tokens = new Int32Array(ids.length)
  /** The node at each depth of the string before. */
  const path = [0]
  let nodes = 1
  let previous = -1
  for (let i = 0; i < order.length; i++) {
    const string = order[i]!
    const start = starts[string]!
    let shared = 0
    if (previous >= 0) {
      const before = starts[previous]!
      const both = Math.min(lengths[string]!, lengths[previous]!)
      while (shared < both && buffer[start + shared] === buffer[before + shared]) shared++
      for (let d = lengths[previous]!; d > shared; d--) end[path[d]!] = nodes
    }
    for (let d = shared + 1; d <= lengths[string]!; d++) {
      byte[nodes] = buffer[start + d - 1]!
      depth[nodes] = d
      firstToken[nodes] = i
      path[d] = nodes++
    }
    tokens[i] = ids[string]!
    previous = string
  }
  if (previous >= 0) for (let d = lengths[previous]!; d > 0; d--) end[path[d]!] = nodes
  end[0] = nodes
  firstToken[nodes] = tokens.length
  const trie = {
    byte: byte.slice(0, nodes),
    depth: depth.slice(0, nodes),
    end: end.slice(0, nodes),
    firstToken: firstToken.slice(0, nodes + 1),
    tokens,
  }
  return { ...trie, ...summarise(trie) }
}

/** What lies below each node, from the last one to the root: children come before their parent. */
function summarise({ byte, depth }: Pick<Trie, 'byte' | 'depth'>): Pick<Trie, 'kinds' | 'height'> {
  const kinds = new Uint32Array(byte.length)
  const height = new Uint16Array(byte.length)
  /** Of the nodes at each depth since the last one above them. */
  const kindsAt: number[] = [0, 0]
  const heightAt: number[] = [0, 0]
  for (let i = byte.length - 1; i >= 0; i--) {
    const d = depth[i]!
    kinds[i] = kindsAt[d + 1] ?? 0
    height[i] = heightAt[d + 1] ?? 0
    kindsAt[d + 1] = heightAt[d + 1] = 0
    kindsAt[d] = (kindsAt[d] ?? 0) | kinds[i]! | (1 << kindOf[byte[i]!]!)
    heightAt[d] = Math.max(heightAt[d] ?? 0, height[i]! + 1)
  }
  return { kinds, height }
}

/** The node `bytes` lead to from `node`; -1 when there is none. */
export function findNode(trie: Trie, bytes: Iterable<number>, node = 0): number {
  for (const byte of bytes) {
    node = childOf(trie, node, byte)
    if (node < 0) return -1
  }
  return node
}

export function childOf(trie: Trie, node: number, byte: number): number {
  for (let child = node + 1; child < trie.end[node]!; child = trie.end[child]!) {
    if (trie.byte[child] === byte) return child
  }
  return -1
}

/** What follows `nodes` in their tokens, as a trie of its own. */
export function suffixTrie(trie: Trie, nodes: readonly number[]): Trie {
  const buffer: number[] = []
  const starts: number[] = []
  const lengths: number[] = []
  const ids: number[] = []
  const path: number[] = []
  for (const top of nodes) {
    for (let i = top + 1; i < trie.end[top]!; i++) {
      const length = trie.depth[i]! - trie.depth[top]!
      path[length - 1] = trie.byte[i]!
      for (let t = trie.firstToken[i]!; t < trie.firstToken[i + 1]!; t++) {
        starts.push(buffer.length)
        lengths.push(length)
        ids.push(trie.tokens[t]!)
        for (let d = 0; d < length; d++) buffer.push(path[d]!)
      }
    }
  }
  return buildTrie({
    buffer: Uint8Array.from(buffer),
    starts: Int32Array.from(starts),
    lengths: Int32Array.from(lengths),
    ids: Int32Array.from(ids),
  })
}

/** Their numbers in the order of their bytes. */
function sortStrings({ buffer, starts, lengths }: Strings): Int32Array {
  // The first six bytes are one exact number; few strings need more than comparing these.
  const keys = new Float64Array(starts.length)
  for (let i = 0; i < keys.length; i++) {
    let key = 0
    for (let d = 0; d < 6; d++) key = 256 * key + (d < lengths[i]! ? buffer[starts[i]! + d]! : 0)
    keys[i] = key
  }
  return Int32Array.from(starts.keys()).sort((a, b) => {
    if (keys[a] !== keys[b]) return keys[a]! - keys[b]!
    const both = Math.min(lengths[a]!, lengths[b]!)
    for (let d = 0; d < both; d++) {
      const difference = buffer[starts[a]! + d]! - buffer[starts[b]! + d]!
      if (difference !== 0) return difference
    }
    return lengths[a]! - lengths[b]! || a - b
  })
}
