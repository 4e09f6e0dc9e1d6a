/**
 * What was replaced in one conversation. A value keeps its number, each way it was written has a placeholder of its own, and
 * a placeholder gives back exactly what it stood for. Texts that look like a placeholder and are none survive: their names
 * are never given out, and one that was given out before is itself replaced.
 */
import { nameWords, valueKey } from './key.ts'
import { literals, placeholderName, typeName } from './placeholder.ts'
import { Restorer } from './restorer.ts'
import type { Span } from './span.ts'

interface Redacted {
  readonly text: string
  /** Placeholders put in, by type. */
  readonly counts: Readonly<Record<string, number>>
}

/** One thing with a number: a person, an address, a card. */
interface Known {
  readonly type: string
  readonly number: number
  /** How it was written, to the placeholder's name. */
  readonly written: Map<string, string>
  variants: number
}

/** The type of what only looks like a placeholder. Not counted: nothing was found. */
const LITERAL = 'LITERAL'

export class Vault {
  /** Name of a placeholder to what it stands for. */
  readonly #values = new Map<string, string>()
  /** All beginnings of names given out: what a stream may still become. */
  readonly #beginnings = new Set<string>()
  /** Type and value as written to the name: keys need not be made anew. */
  readonly #names = new Map<string, string>()
  readonly #known = new Map<string, Known>()
  /** A word of a full name to the persons who have it. */
  readonly #persons = new Map<string, Set<Known>>()
  readonly #last = new Map<string, number>()
  readonly #taken = new Set<string>()

  /** Names that stand in `text` are not given out from now on. For all texts of a call before the first is redacted. */
  reserve(text: string): void {
    for (const { name } of literals(text)) if (!this.#values.has(name)) this.#taken.add(name)
  }

  /** `[TYPE_N]` for a value, the same each time. Throws RangeError for a type that is not capitals and `_`. */
  placeholder(type: string, value: string): string {
    const id = `${type} ${value}`
    let name = this.#names.get(id)
    if (name === undefined) this.#names.set(id, (name = this.#name(type, value)))
    return `[${name}]`
  }

  /** `spans`: in order, without overlaps, not empty. */
  redact(text: string, spans: readonly Span[]): Redacted {
    const pieces: (string | Span)[] = []
    let at = 0
    for (const span of spans) {
      pieces.push(text.slice(at, span.start), span)
      at = span.end
    }
    pieces.push(text.slice(at))
    // Before a number is given out: a literal further on must keep its name.
    for (const piece of pieces) if (typeof piece === 'string') this.reserve(piece)
    const counts: Record<string, number> = {}
    const out = pieces.map((piece) => {
      if (typeof piece === 'string') return this.#literally(piece)
      counts[piece.type] = (counts[piece.type] ?? 0) + 1
      return this.placeholder(piece.type, text.slice(piece.start, piece.end))
    })
    return { text: out.join(''), counts }
  }

  /** What stood there before. `json`: the placeholders stand in JSON strings, values are escaped for them. */
  restore(text: string, options: { readonly json?: boolean } = {}): string {
    const restorer = new Restorer(this, options)
    return restorer.push(text) + restorer.end()
  }

  /** What the placeholder of this name (capitals, no brackets) stands for. */
  valueOf(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** Whether a placeholder's name begins so. */
  begins(beginning: string): boolean {
    return this.#beginnings.has(beginning)
  }

  #literally(text: string): string {
    let out = ''
    let at = 0
    for (const { start, end, name } of literals(text)) {
      if (!this.#values.has(name)) continue
      out += text.slice(at, start) + this.placeholder(LITERAL, text.slice(start, end))
      at = end
    }
    return out + text.slice(at)
  }

  #name(type: string, value: string): string {
    if (!typeName.test(type)) throw new RangeError(`"${type}" is no type: use capitals and _, 2 to 32`)
    const key = `${type} ${valueKey(type, value)}`
    const known = this.#known.get(key) ?? this.#partOf(type, value) ?? this.#add(type, value)
    this.#known.set(key, known)
    const name = known.written.get(value)
    if (name !== undefined) return name
    let next: string
    do next = placeholderName(type, known.number, known.variants++)
    while (this.#taken.has(next))
    known.written.set(value, next)
    this.#values.set(next, value)
    for (let length = 1; length <= next.length; length++) this.#beginnings.add(next.slice(0, length))
    return next
  }

  #add(type: string, value: string): Known {
    let number = this.#last.get(type) ?? 0
    do number++
    while (this.#taken.has(placeholderName(type, number, 0)))
    this.#last.set(type, number)
    const known: Known = { type, number, written: new Map(), variants: 0 }
    const words = type === 'PERSON' ? nameWords(valueKey(type, value)) : []
    if (words.length > 1) {
      for (const word of words) {
        const persons = this.#persons.get(word)
        if (persons) persons.add(known)
        else this.#persons.set(word, new Set([known]))
      }
    }
    return known
  }

  /** The one person whose full name has all these words; none when there are two, or a word is an initial. */
  #partOf(type: string, value: string): Known | undefined {
    if (type !== 'PERSON') return undefined
    const words = nameWords(valueKey(type, value))
    if (words.length === 0 || words.some((word) => word.length < 2)) return undefined
    const sets = words.map((word) => this.#persons.get(word))
    const all = [...(sets[0] ?? [])].filter((person) => sets.every((set) => set?.has(person)))
    return all.length === 1 ? all[0] : undefined
  }
}
