/**
 * Beginnings of one model that outlive the process: what a cache knows of them is written to a store once, and read back
 * when a model is opened. Bounded in bytes; the oldest go first. Files that cannot be trusted are not used (snapshot.ts).
 * They hold the tokens of prompts, so a store is given by who wants that, never by default.
 */
import type { PrefixCache } from './prefix-cache.ts'
import { type SnapshotProblem, sha256 } from './snapshot.ts'

export interface StoredFile {
  readonly name: string
  readonly bytes: number
  /** When it was written, ms since 1970. */
  readonly writtenAt: number
}

/** Where files are kept: a folder (`@edgewise/hub`), the browser's private file system (opfs-store.ts). Methods may throw. */
export interface PrefixStore {
  /** The files there are, in any order. */
  list(): Promise<readonly StoredFile[]>
  /** Undefined when there is no such file (any more). */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Whole or not at all, whoever writes, reads or is killed meanwhile. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Nothing happens when there is none. */
  remove(name: string): Promise<void>
}

export interface StoredPrefixesOptions {
  /** Bytes of all files in the store, of other models, too; what the cache holds at most when not given. */
  readonly maxBytes?: number
}

/** What became of a file of this model. */
export interface LoadedPrefix {
  readonly name: string
  /** Tokens that were read, or why there are none; `too_large` for what the cache has no room for beside newer ones. */
  readonly result: number | SnapshotProblem | 'too_large'
}

/** Tokens of a beginning that is worth a file: running fewer takes no time. */
const LEAST_TOKENS = 32

export class StoredPrefixes {
  readonly #cache: PrefixCache
  readonly #store: PrefixStore
  readonly #maxBytes: number
  /** Names of files that need no writing. */
  readonly #written: Set<string> = new Set()

  constructor(cache: PrefixCache, store: PrefixStore, options: StoredPrefixesOptions = {}) {
    this.#cache = cache
    this.#store = store
    this.#maxBytes = options.maxBytes ?? cache.maxBytes
  }

  /** Reads what there is of this model into the cache, as much as it takes. Throws what the store throws. */
  async load(): Promise<readonly LoadedPrefix[]> {
    const prefix = await this.#namePrefix()
    const files = newestFirst(await this.#store.list()).filter(({ name }) => isOf(prefix, name))
    const loaded: LoadedPrefix[] = []
    const fitting: StoredFile[] = []
    let room = this.#cache.maxBytes
    for (const file of files) {
      const fits = (room -= file.bytes) >= 0
      if (fits) fitting.push(file)
      else loaded.push({ name: file.name, result: 'too_large' })
    }
    // The newest last, so that it is the last to be dropped again.
    for (const { name } of fitting.reverse()) {
      const bytes = await this.#store.read(name)
      if (!bytes) continue
      const read = await this.#cache.restore(bytes)
      if (typeof read === 'string') {
        loaded.push({ name, result: read })
        // It has the name of one of ours and is none.
        await this.#store.remove(name)
      } else {
        loaded.push({ name, result: read.length })
        this.#written.add(name)
      }
    }
    return loaded
  }

  /**
   * Writes `tokens` and what the cache knows of them, unless they are few, known to be stored, not in the cache as a whole, or
   * larger than the store may be. Returns whether it did. Throws what the store throws.
   */
  async keep(tokens: readonly number[]): Promise<boolean> {
    if (tokens.length < LEAST_TOKENS) return false
    const prefix = await this.#namePrefix()
    const name = `${prefix}${hex(await sha256(new Uint8Array(Uint32Array.from(tokens).buffer)))}${ENDING}`
    if (this.#written.has(name)) return false
    const bytes = await this.#cache.save(tokens)
    if (!bytes || bytes.length > this.#maxBytes) return false
    // Before it is written: another call with the same beginning may come meanwhile.
    this.#written.add(name)
    try {
      await this.#store.write(name, bytes)
    } catch (error) {
      this.#written.delete(name)
      throw error
    }
    await this.#makeRoom(name)
    return true
  }

  /** Removes the oldest files, but not the one just written. */
  async #makeRoom(written: string): Promise<void> {
    const files = newestFirst(await this.#store.list()).filter(({ name }) => name.endsWith(ENDING))
    let held = files.find(({ name }) => name === written)?.bytes ?? 0
    for (const { name, bytes } of files) {
      if (name === written) continue
      held += bytes
      if (held <= this.#maxBytes) continue
      await this.#store.remove(name)
      this.#written.delete(name)
    }
  }

  async #namePrefix(): Promise<string> {
    return `${hex(await this.#cache.fingerprint())}-`
  }
}

const ENDING = '.prefix'
/** Of a digest: enough that no two models or texts of one machine share a name; what is read is checked in full. */
const NAME_BYTES = 8

function hex(digest: Uint8Array): string {
  return Array.from(digest.subarray(0, NAME_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const isOf = (prefix: string, name: string): boolean => name.startsWith(prefix) && name.endsWith(ENDING)

const newestFirst = (files: readonly StoredFile[]): StoredFile[] =>
  files.toSorted((a, b) => b.writtenAt - a.writtenAt)
