/**
 * Finds calls in an answer while it is streamed: text goes out as it comes, a call when it is whole. What begins like a
 * call and is none comes out too, as text or, where the model's own marker announced a call, as `malformed`: nothing a
 * model writes is lost or thrown.
 */
import type { ChatToolCall } from '../messages.ts'
import type { CallFormat } from './call-format.ts'
import { type JsonScan, jsonScan } from './json-scan.ts'
import { parseCalls } from './parse-call.ts'

export type CallPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly call: ChatToolCall }
  /** Announced as a call, but not JSON, not a call, or of a tool there is not. */
  | { readonly type: 'malformed'; readonly text: string; readonly why: string }

export interface CallReader {
  push(text: string): CallPart[]
  /** What was held back, when the answer ends. */
  end(): CallPart[]
}

export interface CallReaderOptions {
  readonly format: CallFormat
  /** Names of the tools there are. */
  readonly names: ReadonlySet<string>
  /** Whether the prompt ends with the format's `open`, so that the answer begins within a call. */
  readonly isOpen?: boolean
  /** Makes the ids of calls. Default: nine random letters and digits, which every template takes. */
  readonly newId?: () => string
}

/** Llama's marker of calls; models trained on it write it where a template only shows plain JSON. */
export const PYTHON_TAG = '<|python_tag|>'
/** Fences that models put around a call. What they hold may well be no call, and is text then. */
const fences = ['```json', '```tool_code', '```tool_call']

export function callReader(options: CallReaderOptions): CallReader {
  return new Reader(options)
}

/** Texts that announce a call in this format and are not shown. */
export function markersOf({ open }: CallFormat): string[] {
  return [...new Set([open.trim(), PYTHON_TAG])].filter((marker) => marker !== '')
}

class Reader implements CallReader {
  readonly #names: ReadonlySet<string>
  readonly #newId: () => string
  readonly #close: string
  readonly #markers: readonly string[]
  readonly #openers: readonly string[]
  #parts: CallPart[] = []
  /** Not decided yet. */
  #text = ''
  #state: 'text' | 'json' | 'after' = 'text'
  /** Nothing but white space so far: a bare `{` may begin a call. */
  #isStart = true
  /** What announced the JSON that is being read: a marker, a fence, or white space. */
  #lead = ''
  #scan: JsonScan | undefined
  #scanned = 0

  constructor({ format, names, isOpen = false, newId = randomId }: CallReaderOptions) {
    this.#names = names
    this.#newId = newId
    this.#close = format.close.trim()
    this.#markers = markersOf(format)
    this.#openers = [...this.#markers, ...fences]
    if (isOpen) this.#state = 'json'
  }

  push(text: string): CallPart[] {
    this.#text += text
    while (this.#step());
    return this.#take()
  }

  end(): CallPart[] {
    if (this.#state === 'json' && (this.#lead + this.#text).trim() !== '')
      this.#fail('it was cut off', this.#text.length)
    if (this.#state === 'text') this.#give(this.#text)
    this.#text = ''
    return this.#take()
  }

  #take(): CallPart[] {
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  #give(text: string): void {
    if (text === '') return
    this.#parts.push({ type: 'text', text })
    this.#isStart &&= text.trim() === ''
  }

  /** Goes on as far as the text so far allows one step; false when more must come. */
  #step(): boolean {
    if (this.#state === 'text') return this.#stepText()
    return this.#state === 'json' ? this.#stepJson() : this.#stepAfter()
  }

  #stepText(): boolean {
    if (this.#isStart) {
      const blank = this.#text.length - this.#text.trimStart().length
      if (blank === this.#text.length) return false
      const opens = this.#opensAt(blank)
      if (opens === undefined) return false
      if (!opens && /[{[]/.test(this.#text[blank]!)) {
        this.#begin(blank, blank)
        return true
      }
    }
    const found = this.#openers
      .map((opener) => ({ opener, at: this.#text.indexOf(opener) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)[0]
    if (found) {
      const before = this.#text.slice(0, found.at)
      if (!this.#isStart || before.trim() !== '') this.#give(before)
      this.#text = this.#text.slice(found.at)
      this.#begin(0, found.opener.length)
      return true
    }
    const held = this.#openLength()
    const shown = this.#text.length - held
    this.#give(this.#text.slice(0, shown))
    this.#text = this.#text.slice(shown)
    return false
  }

  /** Whether an opener stands at a place; undefined when that is not clear yet. */
  #opensAt(at: number): boolean | undefined {
    const rest = this.#text.slice(at)
    if (this.#openers.some((opener) => rest.startsWith(opener))) return true
    return this.#openers.some((opener) => opener.startsWith(rest)) ? undefined : false
  }

  /** Length of the longest end of the text that may be the beginning of an opener. */
  #openLength(): number {
    let longest = 0
    for (const opener of this.#openers) {
      for (let length = Math.min(opener.length - 1, this.#text.length); length > longest; length--) {
        if (opener.startsWith(this.#text.slice(-length))) longest = length
      }
    }
    return longest
  }

  #begin(from: number, to: number): void {
    this.#lead = this.#text.slice(0, to)
    this.#text = this.#text.slice(Math.max(from, to))
    this.#state = 'json'
    this.#scan = undefined
    this.#scanned = 0
  }

  #stepJson(): boolean {
    if (!this.#scan) {
      const rest = this.#text.trimStart()
      if (rest === '') return false
      this.#lead += this.#text.slice(0, this.#text.length - rest.length)
      this.#text = rest
      if (!/[{[]/.test(rest[0]!)) return this.#fail('it is not JSON', 0)
      this.#scan = jsonScan()
    }
    const end = this.#scan.read(this.#text.slice(this.#scanned))
    if (end === null) return this.#fail('it is not JSON', 0)
    if (end === undefined) {
      this.#scanned = this.#text.length
      return false
    }
    const length = this.#scanned + end
    const calls = this.#parse(this.#text.slice(0, length))
    if (!calls) return this.#fail('it is no call of one of the tools', length)
    for (const call of calls) this.#parts.push({ type: 'call', call: { id: this.#newId(), ...call } })
    this.#text = this.#text.slice(length)
    this.#state = 'after'
    this.#isStart = false
    return true
  }

  #parse(json: string): ReturnType<typeof parseCalls> {
    try {
      return parseCalls(JSON.parse(json), this.#names)
    } catch {
      return undefined
    }
  }

  /** No call after all: what announced it and `length` characters come out, and reading goes on behind them. */
  #fail(why: string, length: number): boolean {
    const text = this.#lead + this.#text.slice(0, length)
    const isAnnounced = this.#markers.some((marker) => this.#lead.startsWith(marker))
    if (isAnnounced) this.#parts.push({ type: 'malformed', text, why })
    else this.#give(text)
    this.#text = this.#text.slice(length)
    this.#state = 'text'
    this.#isStart = false
    return true
  }

  /** Behind a call: its closing marker, what separates it from the next one, the next one without a marker of its own. */
  #stepAfter(): boolean {
    const rest = this.#text.trimStart()
    if (rest === '') return false
    this.#text = rest
    const opens = this.#opensAt(0)
    if (opens === undefined) return false
    if (opens) {
      this.#state = 'text'
      return true
    }
    for (const closing of [this.#close, '```', ',', ';']) {
      if (closing === '') continue
      if (rest.startsWith(closing)) {
        this.#text = rest.slice(closing.length)
        return true
      }
      if (closing.startsWith(rest)) return false
    }
    if (rest.startsWith('{')) this.#begin(0, 0)
    else this.#state = 'text'
    return true
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Nine letters and digits (53 bits). */
export function randomId(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(9))
  return Array.from(numbers, (number) => ALPHABET[number % ALPHABET.length]).join('')
}
