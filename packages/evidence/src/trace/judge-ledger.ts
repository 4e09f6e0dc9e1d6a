/**
 * Judges what calls said, as long as the ledger keeps it: by a function of the host's, or against answers known to be right. What comes
 * of it are judgements beside the receipts, which outlive the contents.
 */
import type { Judgement } from '../judgement.ts'
import type { KeptContent, Ledger } from '../ledger.ts'
import type { Receipt } from '../receipt.ts'
import { isoNow } from '../row.ts'

/** 0 wrong to 1 right; null, or not there, for a side that was not judged. */
export type Scores = Partial<Pick<Judgement, 'device' | 'cloud'>>

export interface JudgeLedgerOptions {
  /** ISO 8601: calls that came in from then on. */
  readonly since?: string | undefined
  /** ISO 8601: calls that came in before. */
  readonly until?: string | undefined
  readonly task?: string | undefined
  /** What the judgements are by: `exact` where the answer is compared with one known to be right. */
  readonly by: 'function' | 'exact'
  /** `content.answer` is that of `receipt.place`, as its task's policy left it: redacted. null: nothing to say of this one. */
  readonly judge: (receipt: Receipt, content: KeptContent) => Scores | null | Promise<Scores | null>
}

/**
 * Judges every call whose content is kept and appends what comes of it; returns how many judgements that was. A call whose newest
 * judgement by the same says the same gets no second one, so that it can be run again and again. Throws what `judge` throws,
 * and LedgerError: `ledger_bad_judgement` for a score outside 0 to 1. What was appended until then stays.
 */
export async function judgeLedger(
  ledger: Pick<Ledger, 'all' | 'content' | 'judge' | 'judgements'>,
  { since, until, task, by, judge }: JudgeLedgerOptions,
): Promise<number> {
  let written = 0
  for await (const receipt of ledger.all({ since, until, task })) {
    const content = await ledger.content(receipt.id)
    if (content === undefined) continue
    const { device = null, cloud = null } = (await judge(receipt, content)) ?? {}
    if (device === null && cloud === null) continue
    const before = (await ledger.judgements(receipt.id)).findLast((judgement) => judgement.by === by)
    if (before?.device === device && before.cloud === cloud) continue
    await ledger.judge({ receiptId: receipt.id, at: isoNow(), by, device, cloud, shadow: null })
    written += 1
  }
  return written
}
