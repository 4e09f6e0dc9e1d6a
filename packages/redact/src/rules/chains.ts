/**
 * Chains of groups of letters and digits, as numbers of persons and papers are written: `AB 12 34 56 C`, `123-45-6789`, `A123456(3)`.
 * Found in one walk over the text; how many chains begin at a place is bounded, so the walk is linear whatever the text.
 */

export interface Chain {
  readonly start: number
  readonly end: number
  /** Lengths of the groups with what parts them: `3-2-4`. */
  readonly groups: string
  /** Letters and digits alone, in capitals. */
  readonly code: string
}

const mostGroups = 9
const longest = 26
/** A group of letters alone is part of a chain when it is in capitals, or as short as a mark before or behind digits. */
const mostLetters = 6
const mark = 2
const gaps = ' -./('
const fewestDigits = 3

interface Group {
  readonly start: number
  readonly end: number
  readonly digits: number
}

/**
 * For each place where chains begin, all of them, the longest first. A chain has three digits or more and no letter or digit next
 * to it.
 */
export function* chainsOf(text: string): Generator<Chain[]> {
  let row: Group[] = []
  let digits = 0
  for (const group of groupsOf(text)) {
    const last = row.at(-1)
    if (last !== undefined && (group.start !== last.end + 1 || !gaps.includes(text[last.end]!))) {
      if (digits >= fewestDigits) yield* chainsIn(text, row)
      row = []
      digits = 0
    }
    row.push(group)
    digits += group.digits
    // As many as a chain has: what begins before them is known, the rest waits for more.
    if (row.length > mostRow) {
      if (digits >= fewestDigits) yield* chainsIn(text, row, row.length - mostGroups)
      row = row.slice(-mostGroups)
    }
  }
  if (digits >= fewestDigits) yield* chainsIn(text, row)
}

const mostRow = 64
/** What makes letters and digits beside it one word; scripts without capitals write numbers right behind their words. */
const besides = /[\p{Lu}\p{Ll}\p{N}\p{M}_]/u

/** Runs of ASCII letters and digits that may be part of a chain. */
function* groupsOf(text: string): Generator<Group> {
  for (let at = 0; at < text.length; at++) {
    const start = at
    let digits = 0
    let small = false
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code >= 48 && code <= 57) digits++
      else if (code >= 97 && code <= 122) small = true
      else if (code < 65 || code > 90) break
    }
    const length = at - start
    if (length === 0 || length > longest) continue
    if (digits > 0 || length <= mark || (!small && length <= mostLetters)) yield { start, end: at, digits }
  }
}

function* chainsIn(text: string, groups: readonly Group[], until = groups.length): Generator<Chain[]> {
  for (let first = 0; first < until; first++) {
    const begin = groups[first]!
    if (begin.digits === 0 && !groups[first + 1]?.digits && !groups[first + 2]?.digits) continue
    if (besides.test(text[begin.start - 1] ?? ' ')) continue
    const found: Chain[] = []
    let lengths = ''
    let code = ''
    let digits = 0
    for (let last = first; last < groups.length && last < first + mostGroups; last++) {
      const next = groups[last]!
      if (next.end - begin.start > longest) break
      lengths += (last === first ? '' : text[next.start - 1]!) + (next.end - next.start)
      code += text.slice(next.start, next.end)
      digits += next.digits
      if (digits < fewestDigits) continue
      if (besides.test(text[next.end] ?? ' ')) continue
      const closes = lengths.includes('(')
      if (closes && text[next.end] !== ')') continue
      found.push({
        start: begin.start,
        end: next.end + Number(closes),
        groups: lengths,
        code: code.toUpperCase(),
      })
    }
    if (found.length > 0) yield found.reverse()
  }
}
