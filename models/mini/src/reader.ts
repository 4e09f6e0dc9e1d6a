/**
 * What the model expects after a sequence of tokens, asked again and again for sequences that share their beginning.
 * It begins with what earlier runs had, keeps the session on the last sequence and runs only what is new. With `ahead`, tokens that will probably follow are
 * run in the same pass, and asking for the sequence with some of them added costs nothing: decoders that copy run at the
 * speed of a prompt. A wrong guess costs a rewind. The logits are those of running one token at a time.
 */
import { ContextLengthError, type Model, type PrefixCache, type Session, type Turn } from '@edgewise/engine'
import type { Protocol } from './protocol.ts'

/** Tokens in one pass: the host gets its turn between passes, and a wrong guess wastes no more than this. */
const blockTokens = 32

/** Throws ContextLengthError when `text` cannot fit `model` whatever its tokens are: to be asked before it is tokenized. */
export function mayFit(model: Model, protocol: Protocol, text: string): void {
  const fewest = protocol.fewestTokens(text)
  if (fewest > model.contextLength) throw new ContextLengthError(fewest, model.contextLength)
}

export class Reader {
  readonly #cache: PrefixCache
  /** Of the first sequence asked for. */
  #session: Session | undefined
  #cachedTokens = 0
  readonly #vocab: number
  readonly #context: number
  readonly #turn: Turn
  /** The tokens in the session. */
  readonly #ran: number[] = []
  /** Logits [tokens, vocab] after each of the last tokens of #ran, the first of them at #rowsFrom. */
  #rows: Float32Array = new Float32Array(0)
  #rowsFrom = 0

  /** Owns a session of the cache's model from the first question until disposed. */
  constructor(cache: PrefixCache, turn: Turn) {
    this.#cache = cache
    this.#vocab = cache.model.tokenizer.size
    this.#context = cache.model.contextLength
    this.#turn = turn
  }

  /** Tokens of the first sequence that earlier runs had. */
  get cachedTokens(): number {
    return this.#cachedTokens
  }

  /** Throws ContextLengthError when `tokens` do not fit: to be asked before any work is done. */
  mustFit(tokens: number): void {
    if (tokens > this.#context) throw new ContextLengthError(tokens, this.#context)
  }

  /** Logits [vocab] of what follows `tokens` (at least one). Valid until the next call. Throws ContextLengthError. */
  async after(tokens: readonly number[], ahead: readonly number[] = []): Promise<Float32Array> {
    this.mustFit(tokens.length)
    if (!this.#session) this.#open(tokens)
    let same = 0
    while (same < tokens.length && tokens[same] === this.#ran[same]) same++
    const known = same === tokens.length && same > this.#rowsFrom && same <= this.#ran.length
    if (!known) await this.#run(tokens, Math.min(same, tokens.length - 1), ahead)
    const row = tokens.length - 1 - this.#rowsFrom
    return this.#rows.subarray(row * this.#vocab, (row + 1) * this.#vocab)
  }

  /** Leaves what was run for later ones. */
  keep(): void {
    if (this.#session) this.#cache.keep(this.#session)
  }

  #open(tokens: readonly number[]): void {
    this.#session = this.#cache.session(tokens)
    this.#cachedTokens = this.#session.length
    this.#ran.push(...this.#session.tokens)
    this.#rowsFrom = this.#ran.length
  }

  /** Makes the session hold `tokens` and as much of `ahead` as fits, the first `keep` tokens being there already. */
  async #run(tokens: readonly number[], keep: number, ahead: readonly number[]): Promise<void> {
    if (keep < this.#ran.length) this.#session!.rewind(keep)
    this.#ran.length = keep
    while (tokens.length - this.#ran.length > blockTokens) {
      const block = tokens.slice(this.#ran.length, this.#ran.length + blockTokens)
      this.#session!.prefill(block)
      this.#ran.push(...block)
      await this.#turn()
    }
    const rest = tokens.slice(this.#ran.length)
    const guess = ahead.slice(0, Math.min(blockTokens - rest.length, this.#context - tokens.length))
    this.#forward([...rest, ...guess], guess.length > 0)
    await this.#turn()
  }

  #forward(tokens: readonly number[], every: boolean): void {
    this.#rows = this.#session!.forward(tokens, every)
    this.#ran.push(...tokens)
    this.#rowsFrom = this.#ran.length - (every ? tokens.length : 1)
  }

  [Symbol.dispose](): void {
    this.#session?.[Symbol.dispose]()
  }
}
