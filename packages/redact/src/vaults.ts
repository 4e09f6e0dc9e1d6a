/**
 * The vaults of conversations: one for each user and conversation, the longest unused one forgotten first, none kept longer
 * than it was told. In memory only: what must not leave the device is not written down either.
 */
import { Vault } from './vault.ts'

interface VaultsOptions {
  /** Conversations kept at a time. */
  readonly most?: number
  /** Milliseconds after its last use at which a vault is forgotten. */
  readonly idleMs?: number
  /** Milliseconds; for tests. */
  readonly now?: () => number
}

export class Vaults {
  readonly #most: number
  readonly #idleMs: number
  readonly #now: () => number
  /** In the order of last use. */
  readonly #kept = new Map<string, { readonly vault: Vault; usedAt: number }>()

  /** Default: 1,000 conversations, a day. */
  constructor({ most = 1000, idleMs = 24 * 60 * 60 * 1000, now = Date.now }: VaultsOptions = {}) {
    this.#most = most
    this.#idleMs = idleMs
    this.#now = now
  }

  get size(): number {
    return this.#kept.size
  }

  /**
   * The vault of a conversation; a new one that is not kept when the call names none. Conversations of two users never
   * share one, whatever their ids.
   */
  of(conversation: string | undefined, user?: string): Vault {
    if (conversation === undefined) return new Vault()
    const now = this.#now()
    for (const [id, { usedAt }] of this.#kept) {
      if (now - usedAt < this.#idleMs) break
      this.#kept.delete(id)
    }
    const id = JSON.stringify([user ?? null, conversation])
    const vault = this.#kept.get(id)?.vault ?? new Vault()
    this.#kept.delete(id)
    this.#kept.set(id, { vault, usedAt: now })
    while (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value!)
    return vault
  }
}
