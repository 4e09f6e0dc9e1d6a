/**
 * Which tokens may follow at a node, as far as that does not depend on what lies under it, and what is left of the tokens
 * that go beyond the end of its rule: those are decided by the caller's node, once for each pair.
 */
import type { Node } from '../automaton/node.ts'
import { suffixTrie, type Trie, type View } from './trie.ts'

export interface Mask {
  /** Bit id & 31 of word id >>> 5; undefined when `ids` are all. Shared: never written to. */
  readonly bits: Uint32Array | undefined
  readonly ids: Int32Array
  /** What is left of tokens after the end of the rule; found out when there is somewhere to go on. */
  readonly rest: () => readonly View[]
  /** Tokens to be tried where they stand: they name a property, and whether the object has it is only known there. */
  readonly tries: Int32Array
  /** For the nodes callers go on at: what of `rest` may follow there. */
  readonly above: WeakMap<Node, Mask>
}

export const words = (size: number): number => (size + 31) >>> 5

export function setBit(bits: Uint32Array, id: number): void {
  bits[id >>> 5]! |= 1 << (id & 31)
}

export function clearBit(bits: Uint32Array, id: number): void {
  bits[id >>> 5]! &= ~(1 << (id & 31))
}

export function hasBit(bits: Uint32Array, id: number): boolean {
  return ((bits[id >>> 5]! >>> (id & 31)) & 1) === 1
}

export function countBits(bits: Uint32Array): number {
  let count = 0
  for (let i = 0; i < bits.length; i++) {
    let word = bits[i]!
    if (word === 0) continue
    // Sums of 2, 4 and 8 bits side by side (Warren, Hacker's Delight, 5-1).
    word -= (word >>> 1) & 0x55555555
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

/** The ids whose bits are set, in rising order; `size` is how many they are, where it is known. */
export function idsOf(bits: Uint32Array, size: number = countBits(bits)): Int32Array {
  const ids = new Int32Array(size)
  let count = 0
  for (let at = 0; at < bits.length; at++) {
    for (let word = bits[at]!; word !== 0; word &= word - 1) {
      ids[count++] = 32 * at + 31 - Math.clz32(word & -word)
    }
  }
  return ids
}

/** Below this part of the vocabulary a list is smaller and faster than bits. */
const LIST_PART = 1 / 64
/** Room for lists in the making; only one is at a time. */
let room = new Int32Array(0)

/** Tokens as they are found, some of them twice. Only one may be in use at a time. */
export class TokenList {
  readonly #size: number
  #count = 0
  #bits: Uint32Array | undefined

  constructor(size: number) {
    this.#size = size
    if (room.length < size) room = new Int32Array(size)
  }

  /** Adds tokens[from] .. tokens[to - 1]. */
  add(tokens: Int32Array, from: number, to: number): void {
    if (this.#count + to - from > room.length) this.#toBits()
    if (to - from > 8) room.set(tokens.subarray(from, to), this.#count)
    else for (let t = from; t < to; t++) room[this.#count + t - from] = tokens[t]!
    this.#count += to - from
  }

  finish(): Pick<Mask, 'bits' | 'ids'> {
    if (this.#bits || this.#count >= LIST_PART * this.#size) {
      return { bits: this.#toBits(), ids: new Int32Array(0) }
    }
    return { bits: undefined, ids: room.slice(0, this.#count) }
  }

  #toBits(): Uint32Array {
    this.#bits ??= new Uint32Array(words(this.#size))
    for (let i = 0; i < this.#count; i++) setBit(this.#bits, room[i]!)
    this.#count = 0
    return this.#bits
  }
}

export function makeMask(tokens: TokenList, ended: readonly Ended[], tries: readonly number[]): Mask {
  return {
    ...tokens.finish(),
    rest: once(() => ended.flatMap(({ trie, nodes }) => restOf(trie, nodes))),
    tries: Int32Array.from(tries),
    above: new WeakMap(),
  }
}

/** Nodes of a trie at which a rule has ended. */
export interface Ended {
  readonly trie: Trie
  readonly nodes: readonly number[]
}

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** Larger parts of a trie are left where they are. */
const SMALL_PART = 64

/** What follows the nodes at which a rule has ended: small parts are merged, as many tokens go on in the same way. */
export function restOf(trie: Trie, ended: readonly number[]): View[] {
  const below = (node: number) => trie.end[node]! - node - 1
  const small = ended.filter((node) => below(node) > 0 && below(node) <= SMALL_PART)
  const large = ended.filter((node) => below(node) > SMALL_PART)
  const views = large.map((node) => ({ trie, node }))
  if (small.length < 4) views.push(...small.map((node) => ({ trie, node })))
  else views.push({ trie: suffixTrie(trie, small), node: 0 })
  return views
}
