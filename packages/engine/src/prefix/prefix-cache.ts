/**
 * What the calls of one model have run, kept for the next ones: a session that begins with all that is known of a prompt,
 * however many calls run at once, each with a session of its own. Keys and values lie outside the backend's memory, so
 * what is kept is never what a session still writes, and a session that failed leaves nothing behind.
 */
import { BadOptionError } from '../errors.ts'
import { cacheLayout } from '../model/cache.ts'
import type { Model } from '../model/model.ts'
import { FIRST_POSITIONS, type Session } from '../model/session.ts'
import { fingerprint } from './fingerprint.ts'
import { cutPositions, positionBytes, putPositions } from './kv-bytes.ts'
import { PrefixTree } from './prefix-tree.ts'
import { readSnapshot, type SnapshotOwner, type SnapshotProblem, writeSnapshot } from './snapshot.ts'

/** What is kept when nobody says how much: two full contexts, but no more than this. */
const USUAL_BYTES = 256 * 2 ** 20

export interface PrefixCacheOptions {
  /** Bytes of keys and values to keep at most; two full contexts, at most 256 MiB, when not given. 0 keeps nothing. */
  readonly maxBytes?: number
}

export class PrefixCache {
  readonly model: Model
  readonly #tree: PrefixTree
  #owner: Promise<SnapshotOwner> | undefined

  /** Throws BadOptionError. The model stays the caller's; nothing is to be disposed of here. */
  constructor(model: Model, options: PrefixCacheOptions = {}) {
    const layout = cacheLayout(model.config)
    const contexts = 2 * model.contextLength * positionBytes(layout)
    const { maxBytes = Math.min(contexts, USUAL_BYTES) } = options
    if (!(maxBytes >= 0)) throw new BadOptionError(`maxBytes is ${maxBytes}: it must be a number from 0`)
    this.model = model
    this.#tree = new PrefixTree(layout, maxBytes)
  }

  /** Bytes of keys and values that are kept, and the most there may be. */
  get heldBytes(): number {
    return this.#tree.heldBytes
  }

  get maxBytes(): number {
    return this.#tree.maxBytes
  }

  /**
   * A new session, which holds the longest known beginning of `prompt` but its last token, whose logits somebody wants.
   * The caller's to dispose. Throws OutOfMemoryError, DisposedError, BadOptionError for tokens that are none.
   */
  session(prompt: readonly number[]): Session {
    const session = this.model.session(prompt.length + FIRST_POSITIONS)
    try {
      for (const { tokens, kv, count } of this.#tree.find(prompt.slice(0, -1))) {
        session.copyIn(tokens.slice(0, count), kv)
      }
    } catch (error) {
      session[Symbol.dispose]()
      throw error
    }
    return session
  }

  /** Keeps what a session holds, which stays the caller's. Nothing happens where the host has no memory for it. */
  keep(session: Session): void {
    try {
      this.#tree.insert(session.tokens, (from, to) => session.copyOut(from, to))
    } catch (error) {
      // The host's own word for an allocation that failed.
      if (!(error instanceof RangeError)) throw error
    }
  }

  /** `tokens` and what is kept of them as bytes for `restore` (snapshot.ts); undefined when not all of it is known. */
  async save(tokens: readonly number[]): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const owner = await this.#ownerOf()
    const kv = new Uint8Array(tokens.length * positionBytes(owner.layout))
    let at = 0
    for (const piece of this.#tree.find(tokens)) {
      putPositions(kv, at, piece.kv, 0, piece.count, owner.layout)
      at += piece.count
    }
    return at < tokens.length || at === 0 ? undefined : writeSnapshot({ tokens, kv }, owner)
  }

  /** Keeps what `save` gave of this model, in this process or another. Bytes that cannot be trusted are told by why. */
  async restore(bytes: Uint8Array<ArrayBuffer>): Promise<readonly number[] | SnapshotProblem> {
    const owner = await this.#ownerOf()
    const read = await readSnapshot(bytes, owner)
    if (typeof read === 'string') return read
    this.#tree.insert(read.tokens, (from, to) => cutPositions(read.kv, owner.layout, from, to))
    return read.tokens
  }

  /** Forgets all. */
  clear(): void {
    this.#tree.clear()
  }

  /** The same for the same model in any process: 32 bytes (fingerprint.ts). */
  async fingerprint(): Promise<Uint8Array> {
    return (await this.#ownerOf()).fingerprint
  }

  #ownerOf(): Promise<SnapshotOwner> {
    const { layout } = this.#tree
    const vocab = this.model.tokenizer.size
    return (this.#owner ??= fingerprint(this.model).then((fingerprint) => ({ fingerprint, layout, vocab })))
  }
}
