/**
 * A text as passages that lie side by side: their ranges, joined, are the text. Headings stand alone, paragraphs are put
 * together up to a size, longer ones parted between sentences, code blocks and tables stay whole up to a larger size. No cut
 * falls inside a surrogate pair. One pass over the lines, whatever the text is.
 */

export interface Passage {
  /** UTF-16 units, white space behind it included. */
  readonly start: number
  readonly end: number
  readonly kind: 'heading' | 'prose' | 'block'
  /** The index of the nearest heading above it, or of the next larger one above a heading; -1 where there is none. */
  readonly heading: number
}

/** UTF-16 units of a passage of prose at most; docs/context.md has the sizes that were tried. */
export const PROSE_SIZE = 600
/** Passages of prose that a code block or a table may be as long as: then it is parted between lines. */
const BLOCK_SIZES = 4
/** Of a text whose lines are looked at; a longer one is parted as prose, since a line of three characters would be a passage, too. */
const STRUCTURED_SIZE = 500_000

interface Block {
  readonly start: number
  end: number
  kind: Passage['kind']
  /** 1 to 6 for headings, else 0. */
  level: number
  /** Nothing more belongs to it but white space. */
  isClosed: boolean
}

export function splitPassages(text: string, size: number = PROSE_SIZE): Passage[] {
  const passages: Passage[] = []
  /** The open headings by level: the index of each passage. */
  const open: { readonly level: number; readonly index: number }[] = []
  const found = text.length > STRUCTURED_SIZE ? [wholeOf(text)] : merged(blocks(text), size)
  for (const { start, end, kind, level } of found) {
    if (kind === 'heading') while (open.length > 0 && open.at(-1)!.level >= level) open.pop()
    const heading = open.at(-1)?.index ?? -1
    if (kind === 'heading') open.push({ level, index: passages.length })
    const most = kind === 'block' ? BLOCK_SIZES * size : size
    for (let from = start; from < end; ) {
      const to = end - from <= most ? end : cut(text, from, most, kind)
      passages.push({ start: from, end: to, kind, heading })
      from = to
    }
  }
  return passages
}

const wholeOf = (text: string): Block => ({
  start: 0,
  end: text.length,
  kind: 'prose',
  level: 0,
  isClosed: true,
})

/** Blocks of lines: fenced code, tables, headings (with # or underlined), paragraphs. */
function* blocks(text: string): Generator<Block> {
  let block: Block | null = null
  let fence: string | null = null
  let lines = 0
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline === -1 ? text.length : newline + 1
    // No rule looks further into a line.
    const line = text.slice(from, Math.min(to, from + 200)).trimEnd()
    if (fence !== null) {
      block!.end = to
      if (line.trimStart().startsWith(fence) && /^\s*[`~]+$/.test(line)) {
        fence = null
        block!.isClosed = true
      }
    } else if (line === '' && to - from <= 200) {
      if (block === null) block = { start: from, end: to, kind: 'prose', level: 0, isClosed: false }
      else {
        block.end = to
        block.isClosed = lines > 0
      }
    } else {
      const { kind, level, opens } = kindOf(line)
      const isUnderline =
        block?.kind === 'prose' && !block.isClosed && lines === 1 && /^ {0,3}(?:=+|-+)$/.test(line)
      if (isUnderline) {
        Object.assign(block!, { kind: 'heading', level: line.includes('=') ? 1 : 2, isClosed: true, end: to })
      } else if (block !== null && !block.isClosed && block.kind === kind && kind !== 'heading' && !opens) {
        block.end = to
        lines++
      } else if (block !== null && lines === 0) {
        // White space before the first line.
        Object.assign(block, { kind, level, end: to, isClosed: kind === 'heading' })
        lines = 1
        if (opens) fence = opens
      } else {
        if (block !== null) yield block
        block = { start: from, end: to, kind, level, isClosed: kind === 'heading' }
        lines = 1
        if (opens) fence = opens
      }
    }
    from = to
  }
  if (block !== null) yield block
}

function kindOf(line: string): { kind: Passage['kind']; level: number; opens: string | null } {
  const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1]
  if (fence !== undefined) return { kind: 'block', level: 0, opens: fence }
  const marks = /^ {0,3}(#{1,6})(?:\s|$)/.exec(line)?.[1]
  if (marks !== undefined) return { kind: 'heading', level: marks.length, opens: null }
  return { kind: /^\s*\|/.test(line) ? 'block' : 'prose', level: 0, opens: null }
}

/** Neighbouring paragraphs as one, up to `size`. */
function* merged(blocks: Iterable<Block>, size: number): Generator<Block> {
  let last: Block | null = null
  for (const block of blocks) {
    if (last?.kind === 'prose' && block.kind === 'prose' && block.end - last.start <= size) {
      last.end = block.end
    } else {
      if (last !== null) yield last
      last = block
    }
  }
  if (last !== null) yield last
}

/** Where to part a text after at most `most` units: behind a sentence, a line, a word; at worst between two characters. */
function cut(text: string, from: number, most: number, kind: Passage['kind']): number {
  const window = text.slice(from, from + most)
  // Behind half of the size a sentence is worth its end; a worse place must give a longer piece.
  const sentence = kind === 'prose' ? lastMatch(window, /[.!?。！？]["'”’)\]]*\s+|[。！？]+/g) : -1
  if (sentence >= most / 2) return from + sentence
  const line = window.lastIndexOf('\n') + 1
  if (line >= most / 2) return from + line
  const word = lastMatch(window, /\s+/g)
  if (word >= most / 2) return from + word
  const last = text.charCodeAt(from + most - 1)
  const isHalf = last >= 0xd800 && last < 0xdc00
  return from + most - (isHalf && most > 1 ? 1 : 0)
}

function lastMatch(text: string, pattern: RegExp): number {
  let end = -1
  for (const { index, 0: found } of text.matchAll(pattern)) end = index + found.length
  return end
}
