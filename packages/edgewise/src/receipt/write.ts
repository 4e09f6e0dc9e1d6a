/**
 * Hands a receipt to the ledger and says whether it was recorded: acknowledged by the store before the caller hears of the end.
 * The answer matters more than its record: a ledger that fails or is slow holds nothing up for longer than `PATIENCE_MS`.
 */
import type { JSONObject } from '@ai-sdk/provider'
import type { Ledger, Receipt } from '@edgewise/evidence'

const PATIENCE_MS = 250

export async function writeReceipt(ledger: Pick<Ledger, 'put'> | null, receipt: Receipt): Promise<boolean> {
  if (ledger === null) return false
  try {
    const written = ledger.put(receipt)
    if (written === undefined) return true
    let timer: ReturnType<typeof setTimeout> | undefined
    const tooLong = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE_MS)
    })
    return await Promise.race([
      written.then(
        () => true,
        () => false,
      ),
      tooLong,
    ]).finally(() => clearTimeout(timer))
  } catch {
    return false
  }
}

/** A receipt as the JSON value that `providerMetadata` carries. */
export function receiptJson(receipt: Receipt, recorded: boolean): JSONObject {
  return { ...(receipt as unknown as JSONObject), recorded }
}
