/** What goes wrong with a ledger. The message says what happened, where, and the next step. */

/**
 * - `receipt_exists`: another receipt of that id was written.
 * - `receipt_unknown`: content or a judgement for a receipt that is not there.
 * - `content_exists`: other content of that receipt is kept.
 * - `ledger_bad_time`: a time that is not ISO 8601.
 * - `ledger_bad_judgement`: a judgement with a score outside 0 to 1, with a cost that is no number, or by nobody that is known.
 * - `ledger_full`: no room: the disk, or the browser's quota.
 * - `ledger_read_only`: it can be read but not written.
 * - `ledger_locked`: somebody else has held it for longer than is waited.
 * - `ledger_corrupt`: the file is damaged, or is no ledger.
 * - `ledger_newer`: a later version of this package wrote it.
 * - `ledger_unavailable`: it cannot be opened, or this host has no such store.
 * - `ledger_closed`: it was closed.
 * - `ledger_failed`: the store failed in another way; `cause` has its error.
 */
export type LedgerErrorCode =
  | 'receipt_exists'
  | 'receipt_unknown'
  | 'content_exists'
  | 'ledger_bad_time'
  | 'ledger_bad_judgement'
  | 'ledger_full'
  | 'ledger_read_only'
  | 'ledger_locked'
  | 'ledger_corrupt'
  | 'ledger_newer'
  | 'ledger_unavailable'
  | 'ledger_closed'
  | 'ledger_failed'

export class LedgerError extends Error {
  override readonly name: string = 'LedgerError'
  readonly code: LedgerErrorCode
  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export const receiptExists = (id: string): LedgerError =>
  new LedgerError(
    'receipt_exists',
    `another receipt of id ${id} is in the ledger, and receipts never change: give each call an id of its own`,
  )

export const receiptUnknown = (id: string): LedgerError =>
  new LedgerError(
    'receipt_unknown',
    `no receipt of id ${id} is in the ledger: put it before its content and its judgements`,
  )

export const contentExists = (id: string): LedgerError =>
  new LedgerError('content_exists', `other content of receipt ${id} is kept: purge it before keeping this`)

export const ledgerClosed = (): LedgerError =>
  new LedgerError('ledger_closed', 'this ledger was closed: open it again')
