/** What the table of calls shows: the gateway's receipts and this tab's in one order, and their sums. */
import type { Receipt } from '@edgewise/evidence'

/** Both lists in one, the newest first, at most `limit`. */
export function newestFirst(
  gateway: readonly Receipt[],
  tab: readonly Receipt[],
  limit: number,
): readonly Receipt[] {
  return [...gateway, ...tab].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit)
}

export interface Sums {
  readonly calls: number
  readonly onDevice: number
  /** Calls whose cloud was played. Their money was never paid and is in no sum. */
  readonly rehearsals: number
  /** Sums of what is known; null when no receipt knows it. */
  readonly costUsd: number | null
  readonly avoidedUsd: number | null
  readonly bytesOut: number
}

export function sumUp(receipts: readonly Receipt[]): Sums {
  const real = receipts.filter((r) => !r.rehearsal)
  return {
    calls: receipts.length,
    onDevice: receipts.filter((r) => r.place === 'device').length,
    rehearsals: receipts.length - real.length,
    costUsd: sumKnown(real.map((r) => r.costUsd)),
    avoidedUsd: sumKnown(real.map((r) => r.avoidedUsd)),
    bytesOut: receipts.reduce((sum, r) => sum + r.bytesOut, 0),
  }
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((v) => v !== null)
  return known.length === 0 ? null : known.reduce((sum, v) => sum + v, 0)
}
