/**
 * What may follow inside a JSON string, for one vocabulary. Most of a vocabulary may, and it is the same in every schema:
 * so the tokens are sorted once by the characters they begin, and bounds on the length only cut the list.
 */
import { BODY, CLOSED, type TextTable } from '../automaton/text-table.ts'
import { clearBit, type Mask, once, restOf, setBit, words } from './mask.ts'
import type { Trie, View } from './trie.ts'

/** Tokens after one state of the table, by how many characters they begin. */
interface Sorted {
  /** Tokens that stay inside the string: those beginning n characters are ids[first[n]] .. ids[first[n + 1] - 1]. */
  readonly ids: Int32Array
  readonly first: Int32Array
  readonly open: Uint32Array
  /** By characters begun before the closing quote: tokens that end with it, and what is left of longer ones. */
  readonly closing: readonly { readonly ids: readonly number[]; readonly rest: () => readonly View[] }[]
  readonly masks: Map<string, Mask>
}

export class TextMasks {
  readonly #trie: Trie
  readonly #table: TextTable
  readonly #size: number
  readonly #sorted: (Sorted | undefined)[] = []

  constructor(trie: Trie, table: TextTable, size: number) {
    this.#trie = trie
    this.#table = table
    this.#size = size
  }

  /** The masks that together are what may follow in `state`, with at least `missing` and at most `room` more characters. */
  after(state: number, missing: number, room: number): readonly Mask[] {
    const sorted = (this.#sorted[state] ??= this.#sort(state))
    const most = sorted.first.length - 2
    const mostClosing = sorted.closing.length - 1
    const open = this.#cached(sorted, `open ${Math.min(room, most)}`, () => ({
      ...empty(),
      bits: room >= most ? sorted.open : cut(sorted, room),
    }))
    const least = Math.min(missing, mostClosing + 1)
    const last = Math.min(room, mostClosing)
    if (least > last) return [open]
    return [open, this.#cached(sorted, `close ${least} ${last}`, () => close(sorted, least, last))]
  }

  #cached(sorted: Sorted, key: string, make: () => Mask): Mask {
    const known = sorted.masks.get(key)
    if (known) return known
    const mask = make()
    sorted.masks.set(key, mask)
    return mask
  }

  #sort(state: number): Sorted {
    const { byte, depth, end, firstToken, tokens } = this.#trie
    const { next } = this.#table
    const states = [state]
    const begun = [0]
    const found: number[][] = [[]]
    const closed: number[][] = []
    for (let i = 1; i < byte.length; ) {
      const d = depth[i]!
      const before = states[d - 1]!
      const after = next[256 * before + byte[i]!]!
      const characters = begun[d - 1]! + (before === BODY && after !== CLOSED ? 1 : 0)
      if (after === CLOSED) (closed[characters] ??= []).push(i)
      if (after < 0 || after === CLOSED) {
        i = end[i]!
        continue
      }
      states[d] = after
      begun[d] = characters
      for (let t = firstToken[i]!; t < firstToken[i + 1]!; t++) (found[characters] ??= []).push(tokens[t]!)
      i++
    }
    const first = new Int32Array(found.length + 1)
    for (let n = 0; n < found.length; n++) first[n + 1] = first[n]! + (found[n]?.length ?? 0)
    const open = new Uint32Array(words(this.#size))
    const ids = Int32Array.from(Array.from(found, (list) => list ?? []).flat())
    for (const id of ids) setBit(open, id)
    return { ids, first, open, closing: this.#closing(closed), masks: new Map() }
  }

  #closing(closed: readonly (readonly number[] | undefined)[]): Sorted['closing'] {
    const { firstToken, tokens } = this.#trie
    return Array.from(closed, (nodes = []) => ({
      ids: nodes.flatMap((node) => [...tokens.subarray(firstToken[node], firstToken[node + 1])]),
      rest: once(() => restOf(this.#trie, nodes)),
    }))
  }
}

/** The open tokens without those that begin more than `room` characters. */
function cut({ ids, first, open }: Sorted, room: number): Uint32Array {
  const bits = open.slice()
  for (let i = first[room + 1]!; i < ids.length; i++) clearBit(bits, ids[i]!)
  return bits
}

function close({ closing }: Sorted, least: number, last: number): Mask {
  const parts = closing.slice(least, last + 1)
  return {
    ...empty(),
    ids: Int32Array.from(parts.flatMap((part) => part.ids)),
    rest: once(() => parts.flatMap((part) => part.rest())),
  }
}

function empty(): Mask {
  return {
    bits: undefined,
    ids: new Int32Array(0),
    rest: () => [],
    tries: new Int32Array(0),
    above: new WeakMap(),
  }
}
