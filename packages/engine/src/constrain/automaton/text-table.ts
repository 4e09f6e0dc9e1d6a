/**
 * The characters inside a JSON string as a table: state and byte to state. Only valid UTF-8 (Unicode 17, table 3-7) and
 * the escapes of RFC 8259; an escaped high surrogate is always followed by an escaped low one. In the canonical table
 * each text has one spelling, that of JSON.stringify.
 */

/** Between two characters; the first state. */
export const BODY = 0
/** After the closing quote. */
export const CLOSED = 1

export interface TextTable {
  readonly states: number
  /** next[256 * state + byte]; -1 where the byte cannot follow. */
  readonly next: Int8Array
  readonly classOf: Uint8Array
  /** A byte of each class. */
  readonly byteOf: readonly number[]
  /** The shortest way from a state back to BODY; none for CLOSED. */
  readonly rest: readonly Uint8Array[]
  /** A letter the vocabulary can give, to fill a text up to its least length. */
  readonly filler: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** `alphabet[byte]` is 1 for bytes a token gives alone: others are left out, and so is what only they could end. */
export function textTable(canonical: boolean, alphabet: Uint8Array): TextTable {
  const arcs = [...utf8(), ...(canonical ? canonicalEscapes() : allEscapes())]
  const names = ['body', 'closed', ...new Set(arcs.flatMap(([from, , , to]) => [from, to]))]
  const numbers = new Map([...new Set(names)].map((name, i) => [name, i]))
  const states = numbers.size
  const next = new Int8Array(256 * states).fill(-1)
  for (const [from, low, high, to] of arcs) {
    for (let byte = low; byte <= high; byte++) {
      if (alphabet[byte] === 1) next[256 * numbers.get(from)! + byte] = numbers.get(to)!
    }
  }
  const rest = shortestWays(states, next)
  for (let i = 0; i < next.length; i++) {
    if (next[i]! > CLOSED && rest[next[i]!]!.length === 0) next[i] = -1
  }
  let filler = 0x61
  while (filler < 0x7a && alphabet[filler] !== 1) filler++
  return { states, next, rest, filler, ...byteClasses(states, next) }
}

/** From a state, on bytes low..high, to a state. */
type TextArc = readonly [from: string, low: number, high: number, to: string]

function utf8(): TextArc[] {
  return [
    ['body', QUOTE, QUOTE, 'closed'],
    ['body', 0x20, 0x21, 'body'],
    ['body', 0x23, 0x5b, 'body'],
    ['body', 0x5d, 0x7f, 'body'],
    ['body', 0xc2, 0xdf, 'one more'],
    ['body', 0xe0, 0xe0, 'after e0'],
    ['body', 0xe1, 0xec, 'two more'],
    ['body', 0xed, 0xed, 'after ed'],
    ['body', 0xee, 0xef, 'two more'],
    ['body', 0xf0, 0xf0, 'after f0'],
    ['body', 0xf1, 0xf3, 'three more'],
    ['body', 0xf4, 0xf4, 'after f4'],
    ['after e0', 0xa0, 0xbf, 'one more'],
    ['after ed', 0x80, 0x9f, 'one more'],
    ['after f0', 0x90, 0xbf, 'two more'],
    ['after f4', 0x80, 0x8f, 'two more'],
    ['three more', 0x80, 0xbf, 'two more'],
    ['two more', 0x80, 0xbf, 'one more'],
    ['one more', 0x80, 0xbf, 'body'],
    ['body', BACKSLASH, BACKSLASH, 'escape'],
  ]
}

function allEscapes(): TextArc[] {
  return [
    ...[...'"\\/bfnrt'].map((char) => on('escape', char, char, 'body')),
    on('escape', 'u', 'u', 'u'),
    ...hex('u', '0', 'c', 'u?'),
    ...hex('u', 'e', 'f', 'u?'),
    ...hex('u', 'd', 'd', 'ud'),
    ...hex('ud', '0', '7', 'u??'),
    ...hex('ud', '8', 'b', 'high?'),
    ...hex('u?', '0', 'f', 'u??'),
    ...hex('u??', '0', 'f', 'u???'),
    ...hex('u???', '0', 'f', 'body'),
    ...hex('high?', '0', 'f', 'high??'),
    ...hex('high??', '0', 'f', 'high'),
    on('high', '\\', '\\', 'high escape'),
    on('high escape', 'u', 'u', 'low'),
    ...hex('low', 'd', 'd', 'low d'),
    ...hex('low d', 'c', 'f', 'u??'),
  ]
}

function canonicalEscapes(): TextArc[] {
  return [
    ...[...'"\\bfnrt'].map((char) => on('escape', char, char, 'body')),
    on('escape', 'u', 'u', 'u'),
    on('u', '0', '0', 'u0'),
    on('u0', '0', '0', 'u00'),
    on('u00', '0', '0', 'u000'),
    on('u00', '1', '1', 'u001'),
    // \b \t \n \f \r have letters of their own.
    on('u000', '0', '7', 'body'),
    on('u000', 'b', 'b', 'body'),
    on('u000', 'e', 'f', 'body'),
    on('u001', '0', '9', 'body'),
    on('u001', 'a', 'f', 'body'),
  ]
}

const on = (from: string, low: string, high: string, to: string): TextArc => [
  from,
  low.charCodeAt(0),
  high.charCodeAt(0),
  to,
]

/** Hexadecimal digits low..high in both cases. */
function hex(from: string, low: string, high: string, to: string): TextArc[] {
  const first = Number.parseInt(low, 16)
  const last = Number.parseInt(high, 16)
  const arcs: TextArc[] = []
  if (first < 10) arcs.push([from, 0x30 + first, 0x30 + Math.min(last, 9), to])
  for (const a of last < 10 ? [] : [0x41, 0x61]) {
    arcs.push([from, a + Math.max(first, 10) - 10, a + last - 10, to])
  }
  return arcs
}

/** Breadth first from BODY backwards. */
function shortestWays(states: number, next: Int8Array): Uint8Array[] {
  const ways: (Uint8Array | undefined)[] = [new Uint8Array(0)]
  for (let found = true; found; ) {
    found = false
    const before = ways.slice()
    for (let s = 0; s < states; s++) {
      for (let byte = 0; byte < 256 && !ways[s]; byte++) {
        const way = next[256 * s + byte]! < 0 ? undefined : before[next[256 * s + byte]!]
        if (!way) continue
        ways[s] = Uint8Array.of(byte, ...way)
        found = true
      }
    }
  }
  return Array.from({ length: states }, (_, s) => ways[s] ?? new Uint8Array(0))
}

function byteClasses(states: number, next: Int8Array): { classOf: Uint8Array; byteOf: number[] } {
  const classOf = new Uint8Array(256)
  const byteOf: number[] = []
  const numbers = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const column = Array.from({ length: states }, (_, s) => next[256 * s + byte]).join()
    const known = numbers.get(column)
    if (known === undefined) {
      numbers.set(column, byteOf.length)
      byteOf.push(byte)
    }
    classOf[byte] = known ?? byteOf.length - 1
  }
  return { classOf, byteOf }
}
