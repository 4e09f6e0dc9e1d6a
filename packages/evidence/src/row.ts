/** A receipt as stores hold it: its JSON, and the few facts that are looked for. Equal texts are equal receipts. */
import type { ReceiptFilter } from './ledger.ts'
import { LedgerError } from './ledger-error.ts'
import type { Place, Receipt } from './receipt.ts'
import { sortedJson } from './sorted-json.ts'

export interface Row {
  readonly id: string
  /** ISO 8601, UTC, to the millisecond: such texts sort as their times do. */
  readonly at: string
  readonly task: string
  readonly user: string | null
  readonly place: Place | null
  readonly costUsd: number | null
  readonly rehearsal: boolean
  /** The receipt as JSON. */
  readonly text: string
}

/** Throws `ledger_bad_time` for a receipt without a time. */
export function rowOf(receipt: Receipt): Row {
  const { id, task, user, place, costUsd, rehearsal } = receipt
  return { id, at: isoTime(receipt.at), task, user, place, costUsd, rehearsal, text: JSON.stringify(receipt) }
}

/** `2026-08-05T09:30:00.000Z`, whatever precision and zone it came in. Throws `ledger_bad_time`. */
export function isoTime(text: string): string {
  const time = Date.parse(text)
  // Years beyond four digits would not sort as texts.
  if (time >= 0 && time <= 253_402_300_799_999) return new Date(time).toISOString()
  throw new LedgerError(
    'ledger_bad_time',
    `${JSON.stringify(text)} is no time the ledger knows: give one like 2026-08-05T09:30:00.000Z`,
  )
}

/** The time now, as rows have it. */
export const isoNow = (): string => new Date().toISOString()

/** Whether two JSON texts say the same, in whatever order their keys stand. */
export function sameJson(a: string, b: string): boolean {
  return a === b || sortedJson(JSON.parse(a)) === sortedJson(JSON.parse(b))
}

/** The filter with its times as rows have them. Throws `ledger_bad_time`. */
export function checkedFilter({ since, until, ...others }: ReceiptFilter): ReceiptFilter {
  return {
    ...others,
    ...(since !== undefined && { since: isoTime(since) }),
    ...(until !== undefined && { until: isoTime(until) }),
  }
}

/** Whether a receipt passes a checked filter. */
export function passes(row: Pick<Row, 'at' | 'task' | 'user' | 'place'>, filter: ReceiptFilter): boolean {
  const { since, until, task, user, place } = filter
  return (
    (since === undefined || row.at >= since) &&
    (until === undefined || row.at < until) &&
    (task === undefined || row.task === task) &&
    (user === undefined || row.user === user) &&
    (place === undefined || row.place === place)
  )
}
