/**
 * POST /v1/receipts/{id}/feedback: what a user says of an answer, appended to the ledger as a judgement of the place that answered.
 * Who may read a receipt may say so, nobody else.
 */
import type { Judgement, Ledger, Place } from '@edgewise/evidence'
import * as z from 'zod'
import { GatewayError } from './http/gateway-error.ts'
import { parseBody } from './http/parse-body.ts'
import type { ApiKey } from './keys/api-key.ts'
import type { ReceiptOwners } from './keys/receipt-owners.ts'
import { findReceipt } from './receipts.ts'

/** What was written. */
export interface Feedback {
  readonly id: string
  readonly judged: Place
  /** 0 wrong to 1 right. */
  readonly score: number
}

const feedbackBody = z
  .strictObject({ score: z.number().min(0).max(1).optional(), correct: z.boolean().optional() })
  .superRefine(({ score, correct }, context) => {
    if ((score === undefined) !== (correct === undefined)) return
    const both = score !== undefined
    const message = both ? 'is said with score already: give one of them' : 'is missing: give it, or correct'
    context.addIssue({ code: 'custom', message, path: [both ? 'correct' : 'score'] })
  })

/**
 * @param body of the request, any JSON value
 * @throws GatewayError `invalid_request` with its param, `receipt_not_found` (of another key, too), `nothing_to_judge` (409)
 * @throws LedgerError
 */
export async function takeFeedback(
  ledger: Pick<Ledger, 'get' | 'recent' | 'judge'>,
  owners: ReceiptOwners,
  key: ApiKey | undefined,
  id: string,
  body: unknown,
): Promise<Feedback> {
  const { score = 0, correct } = parseBody(feedbackBody, body)
  const { place } = await findReceipt(ledger, owners, key, id)
  if (place === null)
    throw new GatewayError(409, 'nothing_to_judge', 'this call has no answer: no place gave one')
  const given = correct === undefined ? score : Number(correct)
  const judgement: Judgement = {
    receiptId: id,
    at: new Date().toISOString(),
    by: 'user',
    device: null,
    cloud: null,
    [place]: given,
    shadow: null,
  }
  await ledger.judge(judgement)
  return { id, judged: place, score: given }
}
