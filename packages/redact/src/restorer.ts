/**
 * Puts values back while an answer streams in. Holds back only what may still become a placeholder that was given out, so at
 * most the longest one with its escapes. Understands what models make of one: `[person_1]`, `\[PERSON\_1\]`, and a bare
 * `PERSON_1` as a word of its own; never restores what was not given out. The same whole and in any pieces.
 */

/** What a restorer needs of a vault. */
export interface Values {
  valueOf(name: string): string | undefined
  begins(beginning: string): boolean
}

/** A placeholder that ends at `end`; 'open': the text ends too early to tell; undefined: none begins here. */
type Found = { readonly name: string; readonly end: number } | 'open' | undefined

export class Restorer {
  readonly #values: Values
  readonly #json: boolean
  #held = ''
  /** The unit before what is held. */
  #before = ''

  constructor(values: Values, { json = false }: { readonly json?: boolean } = {}) {
    this.#values = values
    this.#json = json
  }

  /** Units held back. */
  get held(): number {
    return this.#held.length
  }

  /** What can be shown after one more piece. */
  push(piece: string): string {
    return this.#run(this.#held + piece, false)
  }

  /** What was held back; the restorer can begin anew. */
  end(): string {
    const rest = this.#run(this.#held, true)
    this.#before = ''
    return rest
  }

  #run(text: string, last: boolean): string {
    let out = ''
    let at = 0
    let i = 0
    while (i < text.length) {
      const found = this.#at(text, i, i === 0 ? this.#before : text[i - 1]!, last)
      if (found === 'open') break
      if (found === undefined) {
        i++
        continue
      }
      out += text.slice(at, i) + this.#valueOf(found.name)
      at = i = found.end
    }
    out += text.slice(at, i)
    if (i > 0) this.#before = text[i - 1]!
    this.#held = text.slice(i)
    return out
  }

  #valueOf(name: string): string {
    const value = this.#values.valueOf(name)!
    return this.#json ? JSON.stringify(value).slice(1, -1) : value
  }

  #at(text: string, i: number, before: string, last: boolean): Found {
    const first = text[i]!
    if (first === '[') return this.#bracketed(text, i + 1, 0, last)
    if (first === '\\') {
      let bracket = i
      while (bracket - i < 2 && text[bracket] === '\\') bracket++
      if (bracket === text.length) return last ? undefined : 'open'
      return text[bracket] === '[' ? this.#bracketed(text, bracket + 1, bracket - i, last) : undefined
    }
    return isCapital(first) && !isWordUnit(before) ? this.#bare(text, i, last) : undefined
  }

  /** A name from `i` on, then as many `\` as stood before the bracket, then `]`. */
  #bracketed(text: string, i: number, escapes: number, last: boolean): Found {
    const read = this.#name(text, i, last, true)
    if (read === undefined || read === 'open') return read
    if (this.#values.valueOf(read.name) === undefined) return undefined
    const close = `${'\\'.repeat(escapes)}]`
    const rest = text.slice(read.end, read.end + close.length)
    if (rest === close) return { name: read.name, end: read.end + close.length }
    return !last && close.startsWith(rest) ? 'open' : undefined
  }

  /** A name in capitals that is a whole word. */
  #bare(text: string, i: number, last: boolean): Found {
    const read = this.#name(text, i, last, false)
    if (read === undefined || read === 'open') return read
    const after = text[read.end]
    if (after === undefined) {
      if (!last) return 'open'
    } else if (isWordUnit(after)) return undefined
    return this.#values.valueOf(read.name) === undefined ? undefined : read
  }

  /** The longest run of letters, digits, `_` and `\_` from `i` on that begins a name. */
  #name(text: string, i: number, last: boolean, anyCase: boolean): Found {
    let name = ''
    let end = i
    for (;;) {
      if (end === text.length) break
      let at = end
      while (at - end < 2 && text[at] === '\\') at++
      const escaped = at > end
      if (escaped && at === text.length) return last || !this.#values.begins(name) ? { name, end } : 'open'
      const unit = text[at]!
      if (escaped ? unit !== '_' : !/[A-Za-z0-9_]/.test(unit)) return { name, end }
      const next = name + (anyCase ? unit.toUpperCase() : unit)
      if (!this.#values.begins(next)) return undefined
      name = next
      end = at + 1
    }
    if (last) return { name, end }
    return name === '' || this.#values.begins(name) ? 'open' : undefined
  }
}

const isCapital = (unit: string) => unit >= 'A' && unit <= 'Z'
/** Halves of a surrogate pair count as letters: which sign they are is not known before both are there. */
const isWordUnit = (unit: string) => /[\p{L}\p{N}\p{M}_\ud800-\udfff]/u.test(unit)
