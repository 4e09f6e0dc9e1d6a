/** Opens the ledger's database in the browser, with tables of this version. */
import { LedgerError } from '../ledger-error.ts'
import { toLedgerError } from './requests.ts'

/** Of the tables. A later one makes what is missing in `upgrade`, by the version it comes from. */
const VERSION = 1

/** Rejects with a LedgerError. */
export function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let request: IDBOpenDBRequest
    try {
      request = indexedDB.open(name, VERSION)
    } catch (cause) {
      const message = 'this host has no IndexedDB that can be used: keep the ledger in memory'
      reject(new LedgerError('ledger_unavailable', message, { cause }))
      return
    }
    let refused = false
    request.onupgradeneeded = () => upgrade(request.result)
    request.onsuccess = () => (refused ? request.result.close() : resolve(request.result))
    request.onerror = () => reject(toLedgerError(request.error))
    request.onblocked = () => {
      refused = true
      const message = `another tab keeps the ledger ${name} from being brought to this version: close the other tabs of this site`
      reject(new LedgerError('ledger_locked', message))
    }
  })
}

function upgrade(database: IDBDatabase): void {
  // A row (row.ts) under the number it was written as.
  const receipts = database.createObjectStore('receipts', { autoIncrement: true })
  receipts.createIndex('id', 'id', { unique: true })
  receipts.createIndex('at', 'at')
  // Under the receipt's id.
  database.createObjectStore('contents').createIndex('until', 'until')
}
