/** Sets of characters as sequences of byte ranges in UTF-8 (Unicode 17, section 3.9). */
import type { CodeSet } from './code-set.ts'

/** [low, high] of each byte; the bytes of a sequence are independent of each other. */
export type ByteSequence = readonly (readonly [low: number, high: number])[]

/** The last code point of one, two, three and four bytes. */
const LASTS = [0x7f, 0x7ff, 0xffff, 0x10ffff]
const LEADS = [0, 0xc0, 0xe0, 0xf0]

export function utf8Sequences(set: CodeSet): readonly ByteSequence[] {
  const sequences: ByteSequence[] = []
  for (let i = 0; i < set.length; i += 2) addRange(set[i]!, set[i + 1]!, sequences)
  return sequences
}

function addRange(low: number, high: number, out: ByteSequence[]): void {
  const length = LASTS.findIndex((last) => low <= last)
  if (high > LASTS[length]!) {
    addRange(low, LASTS[length]!, out)
    addRange(LASTS[length]! + 1, high, out)
    return
  }
  // Where a byte is not the same in both ends, all bytes behind it must run through their whole range.
  for (let i = 1; i <= length; i++) {
    const mask = 2 ** (6 * i) - 1
    if ((low & ~mask) === (high & ~mask)) continue
    if ((low & mask) !== 0) {
      addRange(low, low | mask, out)
      addRange((low | mask) + 1, high, out)
      return
    }
    if ((high & mask) !== mask) {
      addRange(low, (high & ~mask) - 1, out)
      addRange(high & ~mask, high, out)
      return
    }
  }
  out.push(
    Array.from({ length: length + 1 }, (_, at) => {
      const shift = 6 * (length - at)
      const byteOf = (code: number) =>
        at === 0 ? LEADS[length]! | (code >> shift) : 0x80 | ((code >> shift) & 0x3f)
      return [byteOf(low), byteOf(high)] as const
    }),
  )
}

/** Sequences as a graph from place 0 to place 1, in which equal beginnings and equal ends are shared. */
export interface ByteGraph {
  readonly places: number
  readonly arcs: readonly (readonly [from: number, to: number, low: number, high: number])[]
}

export function byteGraph(sequences: readonly ByteSequence[]): ByteGraph {
  const arcs: [number, number, number, number][] = []
  const ends = new Map<string, number>()
  let places = 2
  /** The place from which exactly the rests of `list` behind byte `at` are read. */
  const placeOf = (list: readonly ByteSequence[], at: number): number => {
    if (list[0]!.length === at) return 1
    const key = list.map((sequence) => sequence.slice(at).join()).join(';')
    const known = ends.get(key)
    if (known !== undefined) return known
    const place = places++
    ends.set(key, place)
    addArcs(place, list, at)
    return place
  }
  const addArcs = (from: number, list: readonly ByteSequence[], at: number): void => {
    const groups = new Map<number, ByteSequence[]>()
    for (const sequence of list) {
      const [low, high] = sequence[at]!
      const key = 65536 * sequence.length + 256 * high + low
      const group = groups.get(key)
      if (group) group.push(sequence)
      else groups.set(key, [sequence])
    }
    for (const group of groups.values()) arcs.push([from, placeOf(group, at + 1), ...group[0]![at]!])
  }
  addArcs(0, sequences, 0)
  return { places, arcs }
}
