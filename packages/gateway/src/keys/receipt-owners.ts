/**
 * Which key made which call. A receipt is shown to the key that made it and to no other; the ledger does not know keys, so
 * this is kept beside it, in memory, for the newest calls: what an earlier process served is read with the command
 * (`edgewise ledger`), by whoever holds the ledger itself.
 */

const CAPACITY = 100_000

export class ReceiptOwners {
  /** Receipt -> key, oldest first. */
  readonly #owners: Map<string, string> = new Map()
  readonly #capacity: number

  constructor(capacity: number = CAPACITY) {
    this.#capacity = capacity
  }

  add(receiptId: string, keyId: string): void {
    this.#owners.set(receiptId, keyId)
    if (this.#owners.size > this.#capacity) this.#owners.delete(this.#owners.keys().next().value!)
  }

  owns(keyId: string, receiptId: string): boolean {
    return this.#owners.get(receiptId) === keyId
  }

  /** The newest first, at most `limit`. */
  recent(keyId: string, limit: number): string[] {
    const ids: string[] = []
    for (const [id, owner] of [...this.#owners].reverse()) {
      if (ids.length === limit) break
      if (owner === keyId) ids.push(id)
    }
    return ids
  }
}
