/**
 * A judgement as stores hold it: checked, as JSON whose keys have one order, so that equal texts are equal judgements, and what sums
 * of money look at.
 */
import type { Judgement } from './judgement.ts'
import { LedgerError } from './ledger-error.ts'
import { isoTime } from './row.ts'
import { sortedJson } from './sorted-json.ts'

export interface JudgementRow {
  readonly receiptId: string
  /** ISO 8601, UTC, to the millisecond. */
  readonly at: string
  /** US dollars of the call that was made for it; null when none was, or nobody knows. */
  readonly costUsd: number | null
  /** The judgement as JSON, its time as `at`. */
  readonly text: string
}

const MAKERS: ReadonlySet<string> = new Set<Judgement['by']>(['user', 'shadow', 'function', 'exact'])

/** Throws `ledger_bad_judgement`, `ledger_bad_time`. */
export function judgementRowOf(judgement: Judgement): JudgementRow {
  const { receiptId, by, device, cloud, shadow } = judgement
  const at = isoTime(judgement.at)
  if (!MAKERS.has(by)) throw bad(receiptId, `by is ${shown(by)}`, `give one of ${[...MAKERS].join(', ')}`)
  for (const [side, score] of Object.entries({ device, cloud })) {
    const right = score === null || (Number.isFinite(score) && score >= 0 && score <= 1)
    if (!right) throw bad(receiptId, `${side} is ${shown(score)}`, 'give a score from 0 to 1, or null')
  }
  const costUsd = shadow?.costUsd ?? null
  if (costUsd !== null && !(Number.isFinite(costUsd) && costUsd >= 0))
    throw bad(receiptId, `shadow.costUsd is ${shown(costUsd)}`, 'give US dollars, or null')
  return { receiptId, at, costUsd, text: sortedJson({ ...judgement, at }) }
}

export const parseJudgement = (text: string): Judgement => JSON.parse(text) as Judgement

const shown = (value: unknown): string =>
  typeof value === 'number' ? `${value}` : (JSON.stringify(value) ?? 'undefined')

const bad = (id: string, what: string, next: string): LedgerError =>
  new LedgerError('ledger_bad_judgement', `a judgement of receipt ${id} cannot be written, ${what}: ${next}`)
