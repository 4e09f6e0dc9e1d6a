/**
 * Regular expressions of ECMAScript with the u flag, without what is no regular language (back-references), word boundaries,
 * look-behind and most look-ahead. Lazy quantifiers and captures mean the same language as greedy ones and groups.
 */
import { BadConstraintError, UnsupportedConstraintError } from '../../errors.ts'
import { type CodeSet, codeSet, complement, everybody, lineTerminators, union } from './code-set.ts'
import { type Cursor, parseClassEscape, parseCodePoint } from './escapes.ts'

export type Regex =
  | { readonly kind: 'set'; readonly set: CodeSet }
  | { readonly kind: 'seq'; readonly items: readonly Regex[] }
  | { readonly kind: 'alt'; readonly items: readonly Regex[] }
  | { readonly kind: 'repeat'; readonly item: Regex; readonly min: number; readonly max: number }
  /** ^ and $: the first and the last place of the text. */
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }

/** An expression, and what must (not) begin the text besides: look-aheads behind a leading ^. */
export interface Expression {
  readonly main: Regex
  readonly ahead: readonly { readonly item: Regex; readonly isNegated: boolean }[]
}

const MAX_LENGTH = 20_000
const MAX_DEPTH = 200

/** `pointer` is for the errors: BadConstraintError for what is no expression, UnsupportedConstraintError for the rest. */
export function parseRegex(source: string, pointer = ''): Expression {
  const cursor: Cursor = {
    text: source,
    at: 0,
    bad: (what) =>
      new BadConstraintError(
        `the expression ${shown(source)} is not valid: ${what} (at ${cursor.at})`,
        pointer,
      ),
    unsupported: (what) =>
      new UnsupportedConstraintError(
        `the expression ${shown(source)} uses ${what}: that is not supported`,
        pointer,
      ),
  }
  if (source.length > MAX_LENGTH)
    throw cursor.unsupported(`${source.length} characters, more than ${MAX_LENGTH}`)
  const ahead = parseAhead(cursor)
  const rest = parseAlternatives(cursor, 0)
  if (cursor.at < source.length) throw cursor.bad('")" without "("')
  if (ahead.length === 0) return { main: rest, ahead }
  if (rest.kind === 'alt') throw cursor.unsupported('look-ahead in one of several alternatives')
  return { main: { kind: 'seq', items: [{ kind: 'start' }, rest] }, ahead }
}

/** Reads ^ and the look-aheads behind it; nothing when there are none. */
function parseAhead(cursor: Cursor): Expression['ahead'] {
  const ahead: { item: Regex; isNegated: boolean }[] = []
  while (/^\^?\(\?[=!]/.test(cursor.text.slice(cursor.at, cursor.at + 4))) {
    if (take(cursor, '^') ? ahead.length > 0 : ahead.length === 0) break
    cursor.at += 2
    const isNegated = cursor.text[cursor.at++] === '!'
    const item = parseAlternatives(cursor, 1)
    if (!take(cursor, ')')) throw cursor.bad('"(" without ")"')
    ahead.push({ item, isNegated })
  }
  return ahead
}

const shown = (source: string): string =>
  JSON.stringify(source.length > 60 ? `${source.slice(0, 60)}...` : source)

function parseAlternatives(cursor: Cursor, depth: number): Regex {
  if (depth > MAX_DEPTH) throw cursor.unsupported(`groups nested deeper than ${MAX_DEPTH}`)
  const items = [parseSequence(cursor, depth)]
  while (take(cursor, '|')) items.push(parseSequence(cursor, depth))
  return items.length === 1 ? items[0]! : { kind: 'alt', items }
}

function parseSequence(cursor: Cursor, depth: number): Regex {
  const items: Regex[] = []
  while (cursor.at < cursor.text.length && !'|)'.includes(cursor.text[cursor.at]!)) {
    const isAnchor = '^$'.includes(cursor.text[cursor.at]!)
    const atom = parseAtom(cursor, depth)
    items.push(parseQuantifier(cursor, atom, isAnchor))
  }
  return items.length === 1 ? items[0]! : { kind: 'seq', items }
}

function parseAtom(cursor: Cursor, depth: number): Regex {
  const char = String.fromCodePoint(cursor.text.codePointAt(cursor.at)!)
  cursor.at += char.length
  switch (char) {
    case '^':
      return { kind: 'start' }
    case '$':
      return { kind: 'end' }
    case '.':
      return { kind: 'set', set: complement(lineTerminators) }
    case '(':
      return parseGroup(cursor, depth)
    case '[':
      return { kind: 'set', set: parseClass(cursor) }
    case '\\':
      return { kind: 'set', set: parseEscape(cursor) }
    case '*':
    case '+':
    case '?':
      throw cursor.bad(`nothing to repeat before "${char}"`)
    case '{':
    case '}':
    case ']':
      throw cursor.bad(`"${char}" must be written "\\${char}"`)
    default:
      return { kind: 'set', set: codeSet(char.codePointAt(0)!, char.codePointAt(0)!) }
  }
}

function parseGroup(cursor: Cursor, depth: number): Regex {
  if (take(cursor, '?')) {
    if (take(cursor, '<=') || take(cursor, '<!')) throw cursor.unsupported('look-behind')
    if (take(cursor, '=') || take(cursor, '!'))
      throw cursor.unsupported('look-ahead elsewhere than behind a leading ^')
    if (take(cursor, '<')) {
      const name = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*>/u.exec(cursor.text.slice(cursor.at))
      if (!name) throw cursor.bad('a group without a name')
      cursor.at += name[0].length
    } else if (!take(cursor, ':')) throw cursor.unsupported('flags inside of it')
  }
  const inside = parseAlternatives(cursor, depth + 1)
  if (!take(cursor, ')')) throw cursor.bad('"(" without ")"')
  return inside
}

function parseEscape(cursor: Cursor): CodeSet {
  const char = cursor.text[cursor.at] ?? ''
  if (/[1-9]/.test(char) || char === 'k') throw cursor.unsupported('a back-reference')
  if (char === 'b' || char === 'B') throw cursor.unsupported(`the word boundary \\${char}`)
  const set = parseClassEscape(cursor)
  if (set) return set
  const code = parseCodePoint(cursor)
  return codeSet(code, code)
}

function parseQuantifier(cursor: Cursor, item: Regex, isAnchor: boolean): Regex {
  let min: number
  let max = Number.POSITIVE_INFINITY
  if (take(cursor, '*')) min = 0
  else if (take(cursor, '+')) min = 1
  else if (take(cursor, '?')) [min, max] = [0, 1]
  else {
    const counts = /^\{(\d+)(,(\d*))?\}/.exec(cursor.text.slice(cursor.at, cursor.at + 30))
    if (!counts) return item
    cursor.at += counts[0].length
    min = Number(counts[1])
    max = counts[2] === undefined ? min : counts[3] === '' ? max : Number(counts[3])
    if (min > max) throw cursor.bad('the numbers of a repetition are out of order')
  }
  take(cursor, '?')
  if (isAnchor) throw cursor.bad('nothing to repeat')
  if (/^([*+?]|\{\d)/.test(cursor.text.slice(cursor.at))) throw cursor.bad('nothing to repeat')
  return { kind: 'repeat', item, min, max }
}

function parseClass(cursor: Cursor): CodeSet {
  const isNegated = take(cursor, '^')
  const sets: CodeSet[] = []
  while (!take(cursor, ']')) {
    if (cursor.at >= cursor.text.length) throw cursor.bad('"[" without "]"')
    const first = parseClassAtom(cursor)
    const isRange = cursor.text[cursor.at] === '-' && (cursor.text[cursor.at + 1] ?? ']') !== ']'
    if (!isRange) {
      sets.push(typeof first === 'number' ? codeSet(first, first) : first)
      continue
    }
    cursor.at++
    const last = parseClassAtom(cursor)
    if (typeof first !== 'number' || typeof last !== 'number')
      throw cursor.bad('a class at the end of a range')
    if (first > last) throw cursor.bad('the ends of a range are out of order')
    sets.push(codeSet(first, last))
  }
  const set = union(...sets)
  return isNegated ? complement(set) : set
}

function parseClassAtom(cursor: Cursor): number | CodeSet {
  const code = cursor.text.codePointAt(cursor.at)!
  cursor.at += code > 0xffff ? 2 : 1
  if (code !== 0x5c) return code
  if (take(cursor, 'b')) return 0x08
  return parseClassEscape(cursor) ?? parseCodePoint(cursor)
}

function take(cursor: Cursor, text: string): boolean {
  if (!cursor.text.startsWith(text, cursor.at)) return false
  cursor.at += text.length
  return true
}

/** Any character: what a search skips. */
export const anyCharacter: Regex = { kind: 'set', set: everybody }
