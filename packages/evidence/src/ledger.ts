/**
 * The ledger keeps receipts. One interface, and the store that every host has: memory, bounded, oldest out first.
 * Stores may be asynchronous; writing a receipt must never fail the call it belongs to (the caller sees to that).
 */
import type { Receipt } from './receipt.ts'

export interface Ledger {
  put(receipt: Receipt): void | Promise<void>
  get(id: string): Receipt | undefined | Promise<Receipt | undefined>
  /** The newest first, at most `limit`. */
  recent(limit: number): readonly Receipt[] | Promise<readonly Receipt[]>
}

/** A ledger in memory for the last `capacity` calls. */
export function memoryLedger(capacity = 10_000): Ledger {
  const receipts = new Map<string, Receipt>()
  return {
    put(receipt) {
      receipts.delete(receipt.id)
      receipts.set(receipt.id, receipt)
      if (receipts.size > capacity) receipts.delete(receipts.keys().next().value!)
    },
    get: (id) => receipts.get(id),
    recent: (limit) => [...receipts.values()].slice(-limit).reverse(),
  }
}
