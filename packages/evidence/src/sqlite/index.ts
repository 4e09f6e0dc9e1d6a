/** The ledger of a host with a file system: Node alone. */
export { openSqliteLedger, type SqliteLedger } from './sqlite-ledger.ts'
