/** The end of a call's record: what left is digested, the receipt is closed and recorded, whoever waits for it hears of it. */
import type { JSONObject, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'
import { receiptJson, writeReceipt } from '../receipt/write.ts'
import type { Call } from './call.ts'

export interface Sealed {
  readonly receipt: Receipt
  /** The receipt as `providerMetadata` carries it. */
  readonly json: JSONObject
}

export async function seal(
  { record, ledger, onSettled }: Call,
  error: string | null,
  answer: readonly LanguageModelV4StreamPart[] | null = null,
): Promise<Sealed> {
  const digest = record.digest()
  const receipt = record.settle(error, digest instanceof Promise ? await digest : digest)
  const recorded = await writeReceipt(ledger, receipt)
  onSettled(receipt, answer)
  return { receipt, json: receiptJson(receipt, recorded) }
}
