/**
 * Keeps text of others from becoming control tokens. What comes from outside (contents, names, arguments, schemas) is
 * given to the template with a stand-in, a private-use character, for every character that a control token begins or ends
 * with. In the rendered text a control token is genuine only if none of its characters was a stand-in, however the
 * template has cut, trimmed or joined what it was given; all others are encoded as the text they are. Text that the
 * template itself looks for (`</think>`) is left as it is where it cannot be part of a control token, so that templates
 * which look into contents find what they look for.
 */
import { BadOptionError } from '../errors.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'

/** Texts of control tokens. There may be thousands, so text is looked up, not compared with each. */
export interface Controls {
  readonly texts: ReadonlySet<string>
  /** First UTF-16 units, and lengths, ascending. */
  readonly starts: ReadonlySet<number>
  readonly lengths: readonly number[]
}

/** What is known of one vocabulary and one template. */
export interface Guard {
  readonly controls: Controls
  /** Finds what to leave as it is (group 1) and the characters to put a stand-in for. */
  readonly pattern: RegExp
  /** What would make a control token of texts that the template writes around it: `im_end` between `<|` and `|>`. */
  readonly middles: readonly string[]
  /** Strings that the template compares with: these are left alone when they are the whole text. */
  readonly literals: ReadonlySet<string>
}

export interface Marker {
  /** A JSON value with stand-ins in its texts and keys. */
  mark(value: unknown): unknown
  /** A rendered text with the characters back in their places, and which places these are. */
  read(rendered: string): Marked
}

export interface Marked {
  readonly text: string
  /** Places in `text` where a stand-in was, ascending. */
  readonly marked: readonly number[]
}

/** Longest part of a template's text that is looked at for `middles`. Control tokens are shorter. */
const LONGEST = 64
/** White space and what JSON escapes would be treated differently from its stand-in. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them
const unfit = /[\s"\\\x00-\x1f]/
const PRIVATE_USE: readonly [first: number, last: number] = [0xe000, 0xf8ff]

/** Texts of the tokens that text from outside must never become. */
export function controlTexts(tokenizer: Pick<Tokenizer, 'size' | 'typeOf' | 'textOf'>): string[] {
  const texts: string[] = []
  for (let id = 0; id < tokenizer.size; id++) {
    const type = tokenizer.typeOf(id)
    if (type !== 'control' && type !== 'unknown') continue
    const text = tokenizer.textOf(id)
    if (text !== '') texts.push(text)
  }
  return texts
}

/** `literals`: strings in the template's code; `texts`: all that it writes. */
export function makeGuard(
  controls: readonly string[],
  literals: ReadonlySet<string>,
  texts: ReadonlySet<string>,
): Guard {
  const edges = new Set(
    controls.flatMap((control) => {
      const characters = [...control].filter((character) => !unfit.test(character))
      return characters.length > 0 ? [characters[0]!, characters.at(-1)!] : []
    }),
  )
  const kept = [...literals]
    .filter((literal) => [...edges].some((edge) => literal.includes(edge)))
    .filter((literal) => !controls.some((control) => mayOverlap(control, literal)))
    .sort((a, b) => b.length - a.length)
  const choices = [...edges].map(escaped).join('|')
  const keep = kept.length > 0 ? `(${kept.map(escaped).join('|')})` : '()(?!)'
  return {
    controls: {
      texts: new Set(controls),
      starts: new Set(controls.map((text) => text.charCodeAt(0))),
      lengths: [...new Set(controls.map(({ length }) => length))].sort((a, b) => a - b),
    },
    pattern: new RegExp(choices === '' ? '(?!)' : `${keep}|(?:${choices})`, 'g'),
    middles: findMiddles(controls, texts),
    literals,
  }
}

/** A marker for these inputs: its stand-ins occur in none of them, in no form. */
export function makeMarker(guard: Guard, inputs: unknown): Marker {
  const free = freeCharacters(inputs)
  const standIns = new Map<string, string>()
  const characters = new Map<string, string>()
  const standIn = (character: string): string => {
    const known = standIns.get(character)
    if (known !== undefined) return known
    const { value } = free.next()
    if (value === undefined) {
      throw new BadOptionError(
        'the messages use up the private-use characters of Unicode, some are needed here',
      )
    }
    standIns.set(character, value)
    characters.set(value, character)
    return value
  }
  const text = (value: string): string => {
    const marked = value.replace(guard.pattern, (whole, kept?: string) => (kept ? whole : standIn(whole)))
    const trimmed = value.trim()
    if (marked !== value || trimmed === '' || guard.literals.has(trimmed)) return marked
    const isMiddle = guard.middles.some((middle) => middle.includes(trimmed))
    return isMiddle ? marked.replace(/[^\s"\\]/u, standIn) : marked
  }
  const each = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(each)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, held]) => [text(key), each(held)]))
  }
  return {
    mark: each,
    read(rendered) {
      const marked: number[] = []
      let text = ''
      let from = 0
      for (const { 0: whole, 1: hex, index } of rendered.matchAll(privateUse)) {
        const unit = hex === undefined ? whole : String.fromCharCode(Number.parseInt(hex, 16))
        const character = characters.get(unit)
        if (character === undefined) continue
        text += rendered.slice(from, index)
        marked.push(text.length)
        text += character
        from = index + whole.length
      }
      return { text: text + rendered.slice(from), marked }
    },
  }
}

/** Private-use characters, as they are or as JSON may write them. */
const privateUse = /[\ue000-\uf8ff]|\\u((?:e[0-9a-f]|f[0-8])[0-9a-f]{2})/gi

/**
 * Token ids of a rendered text: control tokens where all of it is the template's own, text everywhere else. User-defined
 * tokens are text, and found in both.
 */
export function encodeMarked(
  { text, marked }: Marked,
  { controls }: Guard,
  tokenizer: Pick<Tokenizer, 'encode' | 'isSpecial'>,
): number[] {
  const ids: number[] = []
  const add = (from: number, to: number, special: boolean): void => {
    if (from === to) return
    const last = ids.at(-1)
    const continues = last !== undefined && !tokenizer.isSpecial(last)
    for (const id of tokenizer.encode(text.slice(from, to), { special, continues })) ids.push(id)
  }
  let done = 0
  for (const [from, to] of forged(text, marked, controls)) {
    add(done, from, true)
    add(from, to, false)
    done = to
  }
  add(done, text.length, true)
  return ids
}

/** The places of control tokens with a marked character in them, joined where they overlap. */
function forged(text: string, marked: readonly number[], controls: Controls): (readonly [number, number])[] {
  const { texts, starts, lengths } = controls
  const spans: [number, number][] = []
  const longest = lengths.at(-1) ?? 0
  /** Index of the first mark at or after the place looked at. */
  let next = 0
  for (let at = Math.max(0, (marked[0] ?? 0) - longest); at < text.length; at++) {
    while (next < marked.length && marked[next]! < at) next++
    if (next === marked.length) break
    const nearest = marked[next]! - at
    if (nearest >= longest || !starts.has(text.charCodeAt(at))) continue
    const found = lengths.findLast((length) => length > nearest && texts.has(text.slice(at, at + length)))
    if (found === undefined) continue
    const last = spans.at(-1)
    if (last && at < last[1]) last[1] = Math.max(last[1], at + found)
    else spans.push([at, at + found])
  }
  return spans
}

/** Whether a control token could lie over a part of `literal`, in any text around it. */
function mayOverlap(control: string, literal: string): boolean {
  for (let shift = 1 - control.length; shift < literal.length; shift++) {
    const to = Math.min(literal.length, shift + control.length)
    let at = Math.max(0, shift)
    while (at < to && literal.charCodeAt(at) === control.charCodeAt(at - shift)) at++
    if (at === to) return true
  }
  return false
}

function findMiddles(controls: readonly string[], texts: ReadonlySet<string>): string[] {
  const ends = new Set<string>()
  const starts = new Set<string>()
  for (const text of texts) {
    for (let length = 1; length <= Math.min(LONGEST, text.length); length++) {
      ends.add(text.slice(-length))
      starts.add(text.slice(0, length))
    }
  }
  const middles = new Set<string>()
  for (const control of controls) {
    for (let from = 1; from < control.length - 1; from++) {
      if (!ends.has(control.slice(0, from))) continue
      for (let to = from + 1; to < control.length; to++) {
        if (starts.has(control.slice(to))) middles.add(control.slice(from, to))
      }
    }
  }
  return [...middles]
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** The private-use characters that none of the inputs has. */
function* freeCharacters(inputs: unknown): Generator<string, undefined> {
  const found = new Set<number>()
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      for (const [whole, hex] of value.matchAll(privateUse)) {
        found.add(hex === undefined ? whole.charCodeAt(0) : Number.parseInt(hex, 16))
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, held] of Object.entries(value)) {
        look(key)
        look(held)
      }
    }
  }
  look(inputs)
  for (let code = PRIVATE_USE[0]; code <= PRIVATE_USE[1]; code++) {
    if (!found.has(code)) yield String.fromCharCode(code)
  }
}
