/**
 * Text as rules read it: full-width letters and digits of any script as ASCII, every space as a space, every hyphen as "-",
 * what has no width left out; and once more with its escapes undone (percent, those of programs, HTML, the @ of
 * mail), as often as it has been escaped. Each view leads back to the source.
 */

export interface View {
  readonly text: string
  /** Where text[start..end) of the view stands in the source. */
  source(start: number, end: number): { readonly start: number; readonly end: number }
}

/** A stretch that reads otherwise. Spaces and hyphens of Unicode, signs without width, digits that are not ASCII, wide forms. */
const odd =
  /[\u00a0\u00ad\u061c\u1680\u2000-\u2015\u2028-\u202f\u205f-\u206f\u2212\u3000\ufe58\ufe63\ufeff\uff01-\uff5e\u{1d400}-\u{1d7ff}\u{e0000}-\u{e007f}]|[\u034f\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]|(?<=[A-Za-z\d])[\u3002\uff61](?=[A-Za-z\d])|[\ufe52\ufe6b]|(?![0-9])\p{Nd}/gu

function plainLetter(letter: string): string {
  if (/\p{Nd}/u.test(letter)) return digit(letter)
  if (/\p{Zs}/u.test(letter)) return ' '
  if (/[\p{Pd}\u2212]/u.test(letter)) return '-'
  if (letter === '\u2028' || letter === '\u2029') return '\n'
  if (dots.test(letter)) return '.'
  if (letter === '\ufe6b') return '@'
  if (letter >= '\uff01' && letter <= '\uff5e') return String.fromCharCode(letter.charCodeAt(0) - 0xfee0)
  const code = letter.codePointAt(0)!
  return code >= 0x1d400 && code <= 0x1d7ff ? letter.normalize('NFKC') : ''
}

/** Ideographic, half-wide and small. Between letters that are not ASCII the first two end a sentence. */
const dots = /[\u3002\uff61\ufe52]/

/** Digits of a script stand in a row from its zero; the styled ones of mathematics in five rows without a gap. */
function digit(letter: string): string {
  const code = letter.codePointAt(0)!
  if (code >= 0x1d7ce && code <= 0x1d7ff) return String((code - 0x1d7ce) % 10)
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String(code - zero)
}

/** The text without what hides an identifier from rules. */
function plainView(text: string): View {
  if (!beyondAscii.test(text)) return asItIs(text)
  return replaced(text, odd, plainLetter) ?? asItIs(text)
}

const beyondAscii = /[\u0080-\uffff]/
const asItIs = (text: string): View => ({ text, source: (start, end) => ({ start, end }) })

/** `plainView`'s text alone. */
export const plain = (text: string): string => text.replace(odd, plainLetter)

/** Not the name of a variable, `%PATH%`. */
const escapes =
  /(?!%[a-z_]{3,64}%)(?:%[0-9a-f]{2})+|\\(?:u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}|x[0-9a-f]{2}|[nrtbf/"\\])|(?<![?&][\w-]{1,32})=40(?=[\p{L}\d])|&#(?:x[0-9a-f]{1,6}|\d{1,7});|&(?:nbsp|amp|commat|period|lt|gt|quot);/giu
const lettersOfEscapes: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
  '\\b': '\b',
  '\\f': '\f',
  '\\/': '/',
  '\\"': '"',
  '\\\\': '\\',
  '=40': '@',
  '&nbsp;': ' ',
  '&amp;': '&',
  '&commat;': '@',
  '&period;': '.',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
}

function unescaped(written: string): string {
  if (written.startsWith('%')) return percentDecoded(written)
  const hex = /^(?:\\u\{?|\\x|&#x)([\da-f]+)/i.exec(written)?.[1]
  if (hex === undefined && !written.startsWith('&#'))
    return lettersOfEscapes[written.toLowerCase()] ?? written
  const code = hex === undefined ? Number.parseInt(written.slice(2), 10) : Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : written
}

/** A run of bytes; as Latin-1 where it is not UTF-8. */
function percentDecoded(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
}

/** How often a text may have been escaped: JSON in JSON in JSON. */
const mostLevels = 3
const anyEscape = /[%\\&]|=40/
/** What is left of something escaped twice. */
const escapedAgain = /%[0-9a-f]{2}|\\["\\ux]|&#?\w/i

/** The text as rules read it, and once more without escapes for every time that it has been escaped. */
export function views(text: string): View[] {
  const found = [plainView(text)]
  while (found.length <= mostLevels) {
    const last = found.at(-1)!
    if (!(found.length === 1 ? anyEscape : escapedAgain).test(last.text)) break
    const next = replaced(last.text, escapes, unescaped)
    if (next === undefined) break
    found.push(behind(behind(plainView(next.text), next), last))
  }
  return found
}

/** `view` is of the text of `other`: as a view of what `other` is one of. */
const behind = (view: View, other: View): View => ({
  text: view.text,
  source: (start, end) => {
    const between = view.source(start, end)
    return other.source(between.start, between.end)
  },
})

/** `text` with every match of `pattern` replaced, and the way back; undefined when there is none. */
function replaced(text: string, pattern: RegExp, by: (match: string) => string): View | undefined {
  if (text.search(pattern) === -1) return undefined
  const pieces: string[] = []
  // Of each piece: where it begins in the view, where in the source, and its lengths. A copied piece has equal ones.
  const at: number[] = []
  const from: number[] = []
  const to: number[] = []
  let length = 0
  let last = 0
  const add = (piece: string, start: number, end: number) => {
    if (piece === '') return
    pieces.push(piece)
    at.push(length)
    from.push(start)
    to.push(end)
    length += piece.length
  }
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length
    add(text.slice(last, match.index), last, match.index)
    add(by(match[0]), match.index, end)
    last = end
  }
  add(text.slice(last), last, text.length)
  const sourceOf = (index: number, edge: 'start' | 'end'): number => {
    let low = 0
    let high = at.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (at[middle]! <= index) low = middle
      else high = middle - 1
    }
    const copied = to[low]! - from[low]! === pieces[low]!.length
    if (!copied) return edge === 'start' ? from[low]! : to[low]!
    return from[low]! + (index - at[low]!) + (edge === 'start' ? 0 : 1)
  }
  return {
    text: pieces.join(''),
    source: (start, end) => ({ start: sourceOf(start, 'start'), end: sourceOf(end - 1, 'end') }),
  }
}
