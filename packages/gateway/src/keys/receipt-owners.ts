/**
 * Which key made which call. A receipt is shown to the key that made it and to no other; the ledger does not know keys, so
 * this is kept beside it, in memory, for the newest calls: what an earlier process served is read with the command
 * (`edgewise ledger`), by whoever holds the ledger itself.
 */

/** Receipts, over all keys. */
const CAPACITY = 100_000

/** Receipts a key may list. */
export const MAX_LISTED = 1000

export class ReceiptOwners {
  /** Receipt -> key, oldest first. */
  readonly #owners: Map<string, string> = new Map()
  /** Key -> its newest receipts, oldest first: `MAX_LISTED` to twice that, or all, some of them forgotten. */
  readonly #newest: Map<string, string[]> = new Map()
  readonly #capacity: number

  constructor(capacity: number = CAPACITY) {
    this.#capacity = capacity
  }

  add(receiptId: string, keyId: string): void {
    if (this.#owners.has(receiptId)) return
    this.#owners.set(receiptId, keyId)
    if (this.#owners.size > this.#capacity) this.#owners.delete(this.#owners.keys().next().value!)
    const newest = this.#newest.get(keyId) ?? []
    if (newest.length === 0) this.#newest.set(keyId, newest)
    newest.push(receiptId)
    if (newest.length >= 2 * MAX_LISTED) newest.splice(0, MAX_LISTED)
  }

  owns(keyId: string, receiptId: string): boolean {
    return this.#owners.get(receiptId) === keyId
  }

  /** The newest first, at most `limit`, which is `MAX_LISTED` at most. */
  recent(keyId: string, limit: number): string[] {
    const newest = this.#newest.get(keyId) ?? []
    return newest
      .slice(-limit)
      .reverse()
      .filter((id) => this.owns(keyId, id))
  }
}
