/**
 * Answers that were good, given again on the device: to the same call, and where the task's rule says so, to a call whose
 * question is the same in other words. In memory alone, bounded in bytes and entries; what was not asked for longest goes first.
 * All of it is synchronous, so that calls at once see it whole, and an exact hit is one look into a map.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type CacheScope, callKey, plainJson } from './call-key.ts'
import { keepable } from './keepable.ts'
import { similarity } from './meaning.ts'

type Part = LanguageModelV4StreamPart

export interface AnswerCacheOptions {
  /** Bytes of keys and answers, 16 MiB when not given; as they lie in memory, two a character. */
  readonly maxBytes?: number
  /** 1000 when not given. */
  readonly maxEntries?: number
  /** Milliseconds since 1970; Date.now when not given. */
  readonly now?: () => number
  /** Where `EDGEWISE_ANSWER_CACHE=off` is looked for, once; the process's environment when not given, where the host has one. */
  readonly env?: { readonly [name: string]: string | undefined }
}

export interface Hit {
  readonly kind: 'exact' | 'semantic'
  /** The answer's parts from its first block to its finish; the caller's own. */
  readonly parts: Part[]
  /** The receipt of the call that was answered. */
  readonly of: string
  readonly ageSeconds: number
  /** 1 for the same call. */
  readonly similarity: number
}

export interface Answer {
  readonly parts: readonly Part[]
  readonly receiptId: string
  readonly ttlSeconds: number
}

interface Entry {
  readonly key: string
  readonly meaning: { readonly text: string; readonly key: string } | null
  /** JSON: nobody who got the parts can change them, and their size is known. */
  readonly parts: string
  readonly receiptId: string
  readonly keptAt: number
  readonly expiresAt: number
  readonly bytes: number
}

const MIB = 2 ** 20
/** Of an entry besides its texts. */
const OVERHEAD = 500
/** Wordings of one question that are compared, the latest ones. */
const MOST_WORDINGS = 16

export class AnswerCache {
  readonly #maxBytes: number
  readonly #maxEntries: number
  readonly #now: () => number
  readonly #isForbidden: boolean
  /** By exact key; what was asked for last comes last. */
  readonly #entries = new Map<string, Entry>()
  readonly #wordings = new Map<string, Set<Entry>>()
  #bytes = 0
  #enabled = true

  constructor(options: AnswerCacheOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 16 * MIB
    this.#maxEntries = options.maxEntries ?? 1000
    this.#now = options.now ?? Date.now
    const { process } = globalThis as { process?: { env?: AnswerCacheOptions['env'] } }
    this.#isForbidden = (options.env ?? process?.env)?.EDGEWISE_ANSWER_CACHE?.toLowerCase() === 'off'
  }

  /** The kill switch: off, nothing is given or kept and all is forgotten. Stays off where `EDGEWISE_ANSWER_CACHE=off`. */
  get enabled(): boolean {
    return this.#enabled && !this.#isForbidden
  }

  set enabled(value: boolean) {
    this.#enabled = value
    if (!value) this.clear()
  }

  /** Answers held, and their bytes. */
  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries.size, bytes: this.#bytes }
  }

  /** The answer to the same call, or else to the wording of it that is nearest; null when there is none. Never throws. */
  find(call: LanguageModelV4CallOptions, scope: CacheScope): Hit | null {
    const key = this.enabled ? callKey(call, scope) : null
    if (key === null) return null
    const now = this.#now()
    const same = this.#fresh(this.#entries.get(key.exact), now)
    if (same) return this.#hit(same, 'exact', 1, now)
    if (key.meaning === null || scope.minSimilarity === null) return null
    let best: { readonly entry: Entry; readonly near: number } | null = null
    for (const wording of [...(this.#wordings.get(key.meaning.key) ?? [])].slice(-MOST_WORDINGS)) {
      const entry = this.#fresh(wording, now)
      if (!entry) continue
      const near = similarity(entry.meaning!.text, key.meaning.text)
      if (near >= scope.minSimilarity && near >= (best?.near ?? 0)) best = { entry, near }
    }
    return best && this.#hit(best.entry, 'semantic', best.near, now)
  }

  /** Keeps an answer that is whole and good, in place of an earlier one to the same call; another is left out. Never throws. */
  keep(call: LanguageModelV4CallOptions, scope: CacheScope, answer: Answer): void {
    const key = this.enabled && answer.ttlSeconds > 0 ? callKey(call, scope) : null
    const parts = key && keepable(answer.parts)
    const text = parts && plainJson(parts)
    if (!key || !text) return
    const keptAt = this.#now()
    const characters = text.length + key.exact.length + (key.meaning?.key.length ?? 0)
    const entry: Entry = {
      key: key.exact,
      meaning: key.meaning,
      parts: text,
      receiptId: answer.receiptId,
      keptAt,
      expiresAt: keptAt + answer.ttlSeconds * 1000,
      bytes: 2 * characters + OVERHEAD,
    }
    this.#drop(this.#entries.get(entry.key))
    if (entry.bytes > this.#maxBytes) return
    this.#entries.set(entry.key, entry)
    this.#bytes += entry.bytes
    if (entry.meaning) {
      const wordings = this.#wordings.get(entry.meaning.key) ?? new Set()
      this.#wordings.set(entry.meaning.key, wordings.add(entry))
    }
    while (this.#bytes > this.#maxBytes || this.#entries.size > this.#maxEntries) {
      this.#drop(this.#entries.values().next().value)
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear()
    this.#wordings.clear()
    this.#bytes = 0
  }

  /** An entry whose time has come goes; so does one of the future, whose age a clock that was set back no longer tells. */
  #fresh(entry: Entry | undefined, now: number): Entry | undefined {
    if (entry && now >= entry.keptAt && now < entry.expiresAt) return entry
    this.#drop(entry)
    return undefined
  }

  #hit(entry: Entry, kind: Hit['kind'], similarity: number, now: number): Hit {
    // To the end of the line.
    this.#entries.delete(entry.key)
    this.#entries.set(entry.key, entry)
    const ageSeconds = Math.floor((now - entry.keptAt) / 1000)
    return { kind, parts: JSON.parse(entry.parts) as Part[], of: entry.receiptId, ageSeconds, similarity }
  }

  #drop(entry: Entry | undefined): void {
    if (!entry || !this.#entries.delete(entry.key)) return
    this.#bytes -= entry.bytes
    if (!entry.meaning) return
    const wordings = this.#wordings.get(entry.meaning.key)
    wordings?.delete(entry)
    if (wordings?.size === 0) this.#wordings.delete(entry.meaning.key)
  }
}
