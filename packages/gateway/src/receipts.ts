/** GET /v1/receipts: without keys all of the ledger, with keys what the caller's own key has done since the server began. */
import type { Ledger, Receipt } from '@edgewise/evidence'
import { GatewayError, invalidRequest } from './http/gateway-error.ts'
import type { ApiKey } from './keys/api-key.ts'
import { MAX_LISTED, type ReceiptOwners } from './keys/receipt-owners.ts'

type ReadableLedger = Pick<Ledger, 'get' | 'recent'>

const DEFAULT_LIMIT = 50

/** The newest first. @throws GatewayError `invalid_request` */
export async function recentReceipts(
  ledger: ReadableLedger,
  owners: ReceiptOwners,
  key: ApiKey | undefined,
  limitText: string | undefined,
): Promise<readonly Receipt[]> {
  const limit = toLimit(limitText)
  if (key === undefined) return ledger.recent(limit)
  const own = await Promise.all(owners.recent(key.id, limit).map((id) => ledger.get(id)))
  return own.filter((receipt) => receipt !== undefined)
}

/** @throws GatewayError `receipt_not_found`, also for a receipt of another key */
export async function findReceipt(
  ledger: ReadableLedger,
  owners: ReceiptOwners,
  key: ApiKey | undefined,
  id: string,
): Promise<Receipt> {
  const receipt = key === undefined || owners.owns(key.id, id) ? await ledger.get(id) : undefined
  if (receipt !== undefined) return receipt
  const message = 'there is no such receipt: it is older than the ledger keeps, or of another server or key'
  throw new GatewayError(404, 'receipt_not_found', message)
}

function toLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MAX_LISTED)
    throw invalidRequest(`limit must be a whole number from 1 to ${MAX_LISTED}`, 'limit')
  return limit
}
