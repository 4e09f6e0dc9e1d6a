/** What turns ordinary text into ids: byte-level BPE, SentencePiece BPE and unigram are of this shape. */
import type { Metadata } from '../gguf/metadata.ts'
import { TokenTable } from './token-table.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface Encoder {
  /** Appends the ids of `text`, in which nothing is special. `first`: it is the start, or follows a special token. */
  encode(text: string, first: boolean, ids: number[]): void
  /** The units that no token crosses; they join to the text. */
  cut(text: string): string[]
}

/** A kind of tokenizer, by the metadata of a file. Both calls throw what `Tokenizer.open` throws. */
export type EncoderKind = (metadata: Metadata) => {
  /** Whether this kind asks for a BOS where the file says nothing; undefined where it does not care. */
  readonly addsBos?: boolean | undefined
  /** `addsSpace`: whether a space is put in front of a text. */
  encoder(vocabulary: Vocabulary, addsSpace: boolean): Encoder
}

/** How many units are remembered, and up to which length: words come again, long units do not. */
const UNITS = 1 << 15
const LENGTH = 32
const IDS = 1 << 18

/** The ids of units seen before, by the units' bytes, in two megabytes of typed arrays. When it is full all are forgotten. */
export class UnitCache {
  #units: TokenTable | undefined
  #count = 0
  readonly #starts = new Uint32Array(UNITS + 1)
  readonly #ids = new Int32Array(IDS)

  /** Appends the ids of text[from..to) if it knows them. */
  append(text: Uint8Array, from: number, to: number, ids: number[]): boolean {
    const unit = to - from > LENGTH || !this.#units ? -1 : this.#units.find(text, from, to)
    if (unit < 0) return false
    const end = this.#starts[unit + 1]!
    for (let i = this.#starts[unit]!; i < end; i++) ids.push(this.#ids[i]!)
    return true
  }

  /** Remembers that text[from..to) has the ids from ids[start] on; it did not know the unit before. */
  add(text: Uint8Array, from: number, to: number, ids: readonly number[], start: number): void {
    if (to - from > LENGTH) return
    let at = this.#starts[this.#count]!
    if (!this.#units || this.#count === UNITS || at + ids.length - start > IDS) {
      this.#units = new TokenTable(UNITS)
      this.#count = at = 0
    }
    this.#units.index(this.#units.addBytes(text.subarray(from, to)))
    for (let i = start; i < ids.length; i++) this.#ids[at++] = ids[i]!
    this.#starts[++this.#count] = at
  }
}
