/** The ledger of a browser: pages and workers. */
export { type IndexedDbLedger, openIndexedDbLedger } from './indexed-db-ledger.ts'
