/** IndexedDB with promises, and what it throws as a LedgerError with a next step. */
import { LedgerError, type LedgerErrorCode } from '../ledger-error.ts'

/** By the name of the exception; https://w3c.github.io/IndexedDB/#exceptions */
const known: Readonly<Record<string, readonly [LedgerErrorCode, string]>> = {
  QuotaExceededError: [
    'ledger_full',
    'this site has used up its storage: remove site data, or make room on the disk',
  ],
  VersionError: ['ledger_newer', 'a later version of this page made it: load the page anew'],
  SecurityError: ['ledger_unavailable', 'this page may not store anything: allow site data for it'],
  NotFoundError: [
    'ledger_corrupt',
    'its tables are not a ledger’s: remove the site data, or give another name',
  ],
  InvalidStateError: ['ledger_closed', 'the browser has closed it: open it again'],
  ReadOnlyError: ['ledger_read_only', 'it cannot be written'],
}

/** For a database that is there and of something else. */
export const notALedger = (cause: unknown): LedgerError =>
  new LedgerError('ledger_corrupt', `the ledger in IndexedDB: ${known.NotFoundError![1]}`, { cause })

export function toLedgerError(error: unknown): LedgerError {
  if (error instanceof LedgerError) return error
  const { name, message } = error as { name?: string; message?: string }
  const [code, next] = known[name ?? ''] ?? [
    'ledger_failed',
    'load the page anew; if it lasts, remove the site data',
  ]
  return new LedgerError(code, `the ledger in IndexedDB: ${next} (${name}: ${message})`, { cause: error })
}

/** The result of a request. Rejects with the request's own error: `within` makes a LedgerError of it. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves when it is complete: under `durability: 'strict'`, when its data is on the disk. */
export function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    // The error of the transaction says more than that of the request: quota is noticed when it is committed.
    transaction.onabort = () => reject(transaction.error)
  })
}

/** What `work` gives, when the transaction is complete. What it throws undoes the transaction. Rejects with a LedgerError. */
export async function within<T>(
  transaction: IDBTransaction,
  work: (transaction: IDBTransaction) => Promise<T>,
): Promise<T> {
  const done = completed(transaction)
  // Both fail where one request does: the first to say so is told, and neither goes unheard.
  done.catch(() => {})
  try {
    const result = await work(transaction)
    await done
    return result
  } catch (error) {
    try {
      transaction.abort()
    } catch {
      // It has ended already.
    }
    throw toLedgerError(transaction.error ?? error)
  }
}
