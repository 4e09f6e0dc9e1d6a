/** Opens the ledger's database in the browser, with tables of this version. */
import { LedgerError } from '../ledger-error.ts'
import { notALedger, toLedgerError } from './requests.ts'

/** Of the tables. A later one makes what is missing in `upgrade`, by the version it comes from. */
const VERSION = 2

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
    let foreign = false
    request.onupgradeneeded = ({ oldVersion }) => {
      foreign = oldVersion > 0 && !request.result.objectStoreNames.contains('receipts')
      // Of something else: it stays as it is.
      if (foreign) request.transaction!.abort()
      else upgrade(request.result, oldVersion)
    }
    request.onsuccess = () => (refused ? request.result.close() : resolve(request.result))
    request.onerror = () => reject(foreign ? notALedger(request.error) : toLedgerError(request.error))
    request.onblocked = () => {
      refused = true
      const message = `another tab keeps the ledger ${name} from being brought to this version: close the other tabs of this site`
      reject(new LedgerError('ledger_locked', message))
    }
  })
}

function upgrade(database: IDBDatabase, from: number): void {
  if (from < 1) {
    // A row (row.ts) under the number it was written as.
    const receipts = database.createObjectStore('receipts', { autoIncrement: true })
    receipts.createIndex('id', 'id', { unique: true })
    receipts.createIndex('at', 'at')
    // Under the receipt's id.
    database.createObjectStore('contents').createIndex('until', 'until')
  }
  if (from < 2) {
    // A row (judgement-row.ts), with what a sum of money asks of its receipt, under the number it was written as.
    const judgements = database.createObjectStore('judgements', { autoIncrement: true })
    judgements.createIndex('receiptId', 'receiptId')
    judgements.createIndex('at', 'at')
  }
}
