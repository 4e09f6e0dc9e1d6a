/** The end of a call's record: what left is digested, the receipt is closed and recorded, whoever waits for it hears of it. */
import type { JSONObject, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { receiptJson, writeReceipt } from '../receipt/write.ts'
import type { Call } from './call.ts'

/** The receipt as `providerMetadata` carries it. `answer`: see `Call.onSettled`. */
export async function seal(
  { record, ledger, onSettled }: Pick<Call, 'record' | 'ledger' | 'onSettled'>,
  error: string | null,
  answer: readonly LanguageModelV4StreamPart[] | null = null,
): Promise<JSONObject> {
  const digest = record.digest()
  const receipt = record.settle(error, digest instanceof Promise ? await digest : digest)
  const recorded = await writeReceipt(ledger, receipt)
  try {
    onSettled(receipt, answer, recorded)
  } catch {
    // Who hears of the end is no part of the answer.
  }
  return receiptJson(receipt, recorded)
}
