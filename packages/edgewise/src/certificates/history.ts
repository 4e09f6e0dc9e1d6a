/**
 * What drift monitors would have heard, had they run all along: the receipts of their tasks since certificates were issued, and
 * the judgements of audits, in the order of the ledger and in constant memory. The host breathes in between.
 */
import type { AuditedCall, Judgement, Ledger, Receipt } from '@edgewise/evidence'
import type { Watched } from './standing.ts'

/** Milliseconds of reading without a pause: other calls wait for no longer. */
const SLICE_MS = 8
/** What clocks may be apart, of machines that issue certificates and of those that use them. */
const APART_MS = 24 * 60 * 60 * 1000

export interface HistorySettings {
  /** Whether a call is this host's own: it is heard of as it happens. No clock says so: one can be set back. */
  readonly isOwn: (receiptId: string) => boolean
  /** Whether what was rehearsed counts, or what was not. */
  readonly rehearsal: boolean
}

/** Rejects with what the ledger throws. */
export async function readHistory(
  ledger: Pick<Ledger, 'all' | 'judgements'>,
  byTask: ReadonlyMap<string, readonly Watched[]>,
  { isOwn, rehearsal }: HistorySettings,
): Promise<void> {
  // Whoever opens a host does not wait for its ledger.
  await pause()
  let rested = performance.now()
  for (const [task, own] of byTask) {
    const issued = Math.min(...own.map(({ certificate }) => Date.parse(certificate.issuedAt)))
    const since = new Date(issued - APART_MS).toISOString()
    for await (const receipt of ledger.all({ task, since })) {
      if (performance.now() - rested > SLICE_MS) {
        await pause()
        rested = performance.now()
      }
      if (receipt.rehearsal !== rehearsal || isOwn(receipt.id)) continue
      const heard = own.filter((watched) => watched.ranUnder(receipt))
      if (heard.length === 0) continue
      for (const watched of heard) watched.saw(receipt)
      const outcome = auditedCall(receipt, await ledger.judgements(receipt.id))
      if (outcome !== null) for (const watched of heard) watched.judged(receipt, outcome)
    }
  }
}

/** What an audit found out of the call; null where none compared its answers. A call is one observation, however often it was judged. */
function auditedCall({ place }: Receipt, judgements: readonly Judgement[]): AuditedCall | null {
  for (const { by, device, cloud } of judgements)
    if (by === 'shadow' && device !== null && cloud !== null)
      return { kept: place === 'device', device, cloud }
  return null
}

/** A turn of the event loop. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
