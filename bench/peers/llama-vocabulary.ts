/** llama.cpp's tokenizer at the C level: ids, bytes, texts and kinds of its tokens. */
import { loadLlama, type Pointer } from './llama-library.ts'

/** The tokenizer of a model; it lives as long as its model. */
export class LlamaVocabulary {
  readonly size: number
  readonly bos: number
  readonly eos: number
  readonly addsBos: boolean
  readonly addsEos: boolean
  readonly #c = loadLlama().c
  readonly #vocab: Pointer

  constructor(vocab: Pointer) {
    this.#vocab = vocab
    this.size = this.#c.llama_vocab_n_tokens!(vocab)
    this.bos = this.#c.llama_vocab_bos!(vocab)
    this.eos = this.#c.llama_vocab_eos!(vocab)
    this.addsBos = this.#c.llama_vocab_get_add_bos!(vocab)
    this.addsEos = this.#c.llama_vocab_get_add_eos!(vocab)
  }

  tokenize(input: string, { add = false, parse = false } = {}): number[] {
    const bytes = new TextEncoder().encode(input)
    const out = new Int32Array(bytes.length + 16)
    const call = (into: Int32Array): number =>
      this.#c.llama_tokenize!(this.#vocab, bytes, bytes.length, into, into.length, add, parse)
    const count = call(out)
    if (count >= 0) return [...out.subarray(0, count)]
    const larger = new Int32Array(-count)
    return [...larger.subarray(0, call(larger))]
  }

  detokenize(ids: readonly number[], { special = true, strip = false } = {}): string {
    const tokens = Int32Array.from(ids)
    return text((out, size) => {
      const length = this.#c.llama_detokenize!(this.#vocab, tokens, tokens.length, out, size, strip, special)
      return Math.abs(length)
    })
  }

  /** The bytes one token stands for. */
  piece(id: number, special = true): Uint8Array {
    const out = new Uint8Array(1024)
    const length = this.#c.llama_token_to_piece!(this.#vocab, id, out, out.length, 0, special)
    if (length < 0) throw new Error(`token ${id} has ${-length} bytes`)
    return out.slice(0, length)
  }

  /** The token as the file writes it. */
  token(id: number): string {
    return this.#c.llama_vocab_get_text!(this.#vocab, id)
  }

  score(id: number): number {
    return this.#c.llama_vocab_get_score!(this.#vocab, id)
  }

  /** Whether the token ends a generation. */
  isEnd(id: number): boolean {
    return this.#c.llama_vocab_is_eog!(this.#vocab, id)
  }

  isControl(id: number): boolean {
    return this.#c.llama_vocab_is_control!(this.#vocab, id)
  }
}

/** What a C function writes as text, whose result is the bytes it wants; called again when it wants more. */
export function text(call: (out: Uint8Array, size: number) => number): string {
  let out = new Uint8Array(1 << 12)
  let length = call(out, out.length)
  if (length > out.length) {
    out = new Uint8Array(length + 1)
    length = call(out, out.length)
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(out.subarray(0, length))
}
