/** What happened and what it proves: the receipt of a call and the ledger that keeps it. */
export { type Ledger, memoryLedger } from './ledger.ts'
export type { Attempt, Place, Receipt, Signal } from './receipt.ts'
