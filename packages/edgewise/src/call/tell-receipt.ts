/**
 * An abort rejects with the caller's own reason, which knows no receipt. A reason that has an empty place for one
 * (`receiptId: null`, as errors of a call have it) is told the id, so that whoever stopped the call can account for it.
 */
export function tellReceipt(reason: unknown, receiptId: string): void {
  if (reason instanceof Error && 'receiptId' in reason && reason.receiptId === null)
    reason.receiptId = receiptId
}
