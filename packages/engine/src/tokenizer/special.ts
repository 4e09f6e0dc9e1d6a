/**
 * Finds special tokens in text as llama.cpp does (`tokenizer_st_partition`): not from left to right, but the longest token
 * first, wherever it stands, then the next in what is left; of equal length the lower id. Overlapping places are rare, so
 * only they are searched token by token, and everything else takes one look at each character.
 */
import { PrefixTree } from './prefix-tree.ts'

export interface SpecialToken {
  readonly id: number
  readonly text: string
  /** Whether the white space before, or after, it goes with it. */
  readonly stripsLeft?: boolean
  readonly stripsRight?: boolean
}

/** Ordinary text, or the id of a special token. */
export type Piece = string | number

/** A token and the part of the text it takes, white space that goes with it included. */
interface Placed {
  readonly from: number
  readonly to: number
  readonly token: SpecialToken
}

const utf8 = new TextEncoder()

/** A function that cuts a text into ordinary parts, none of them empty, and special tokens. */
export function specialSplitter(tokens: readonly SpecialToken[]): (text: string) => Piece[] {
  const index = new TokenIndex(tokens)
  if (index.isEmpty) return (text) => (text === '' ? [] : [text])
  return (text) => {
    const pieces: Piece[] = []
    let from = 0
    const addText = (to: number, trimmed: boolean): void => {
      const part = trimmed ? text.slice(from, to).replace(/[ \t\n\v\f\r]+$/, '') : text.slice(from, to)
      if (part !== '') pieces.push(part)
    }
    for (let at = 0; at < text.length; ) {
      if (!index.mayStart(text.charCodeAt(at))) {
        at++
        continue
      }
      const { end, placed } = search(text, at, index)
      for (const { from: start, to, token } of placed) {
        addText(start, token.stripsLeft === true)
        pieces.push(token.id)
        from = to
      }
      at = end
    }
    addText(text.length, false)
    return pieces
  }
}

/** The tokens of the places that overlap from `from` on; `end` is the first place that none of them touches. */
function search(text: string, from: number, index: TokenIndex): { end: number; placed: readonly Placed[] } {
  const found = new Set<number>()
  const longest = index.collect(text, from, found)
  if (!longest) return { end: from + 1, placed: [] }
  let end = index.reach
  for (let at = from + 1; at < end; at++) {
    if (!index.mayStart(text.charCodeAt(at))) continue
    index.collect(text, at, found)
    end = Math.max(end, index.reach)
  }
  if (end === from + longest.text.length) return { end, placed: [{ from, to: end, token: longest }] }
  return { end, placed: place(text, from, end, index.inOrder(found)) }
}

/** How far a token that starts at `at` may reach, the white space that goes with it included. */
function endOf(text: string, at: number, token: SpecialToken): number {
  let end = at + token.text.length
  if (token.stripsRight) while (end < text.length && isSpace(text.charCodeAt(end))) end++
  return end
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13)
}

/** Gives each token in its order every place in text[from..to) that is still free, from left to right. */
function place(text: string, from: number, to: number, tokens: readonly SpecialToken[]): Placed[] {
  /** Where the taken part that covers a place ends; 0 for a free one. */
  const takenTo = new Uint32Array(to - from)
  const placed: Placed[] = []
  const part = text.slice(from, to)
  for (const token of tokens) {
    const length = token.text.length
    for (let at = part.indexOf(token.text); at >= 0; ) {
      // Taken parts are never shorter than the token, so one that is in the way covers an end of it.
      if (takenTo[at] === 0 && takenTo[at + length - 1] === 0) {
        let end = at + length
        if (token.stripsRight) {
          while (end < part.length && takenTo[end] === 0 && isSpace(part.charCodeAt(end))) end++
        }
        takenTo.fill(end, at, end)
        placed.push({ from: from + at, to: from + end, token })
        at = part.indexOf(token.text, end)
      } else at = part.indexOf(token.text, takenTo[at] || at + 1)
    }
  }
  return placed.sort((a, b) => a.from - b.from)
}

/** The tokens in the order of the search, and by their beginnings. */
class TokenIndex {
  readonly #tokens: readonly SpecialToken[]
  readonly #tree = new PrefixTree()
  readonly #starts = new Uint8Array(0x10000)
  /** Where the last token that was collected may end. */
  reach = 0

  constructor(tokens: readonly SpecialToken[]) {
    this.#tokens = tokens
      .filter(({ text }) => text !== '')
      .map((token) => ({ token, size: utf8.encode(token.text).length }))
      .sort((a, b) => b.size - a.size || a.token.id - b.token.id)
      .map(({ token }) => token)
    this.#tokens.forEach(({ text }, order) => {
      this.#tree.set(
        Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
        order,
      )
      this.#starts[text.charCodeAt(0)] = 1
    })
  }

  get isEmpty(): boolean {
    return this.#tokens.length === 0
  }

  mayStart(unit: number): boolean {
    return this.#starts[unit] === 1
  }

  /** Adds to `found` the places in the order of all tokens that stand at `at`, and gives the longest of them. */
  collect(text: string, at: number, found: Set<number>): SpecialToken | undefined {
    let longest = -1
    this.reach = 0
    let node = this.#tree.child(0, text.charCodeAt(at))
    for (let i = at + 1; node >= 0; i++) {
      const order = this.#tree.value(node)
      if (order >= 0) {
        longest = order
        found.add(order)
        this.reach = Math.max(this.reach, endOf(text, at, this.#tokens[order]!))
      }
      node = i < text.length ? this.#tree.child(node, text.charCodeAt(i)) : -1
    }
    return this.#tokens[longest]
  }

  inOrder(found: ReadonlySet<number>): SpecialToken[] {
    return [...found].sort((a, b) => a - b).map((order) => this.#tokens[order]!)
  }
}
