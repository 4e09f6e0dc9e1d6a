/**
 * Hands a receipt to the ledger and says whether it was recorded: acknowledged by the store before the caller hears of the end.
 * A ledger that fails or is slow holds nothing up for longer than a call is patient with it.
 */
import type { JSONObject } from '@ai-sdk/provider'
import type { Ledger, Receipt } from '@edgewise/evidence'
import { patiently } from './ledger-patience.ts'

export async function writeReceipt(ledger: Pick<Ledger, 'put'> | null, receipt: Receipt): Promise<boolean> {
  if (ledger === null) return false
  try {
    const written = ledger.put(receipt)
    if (written !== undefined) await patiently(written)
    return true
  } catch {
    return false
  }
}

/** A receipt as the JSON value that `providerMetadata` carries. */
export function receiptJson(receipt: Receipt, recorded: boolean): JSONObject {
  return { ...(receipt as unknown as JSONObject), recorded }
}
