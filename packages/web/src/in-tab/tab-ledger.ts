/**
 * The receipts of calls that ran in a tab of this site, kept in the browser. A browser that keeps nothing for this page is told
 * to people; the page works all the same, with the receipts it has in memory.
 */
import type { Ledger, Receipt } from '@edgewise/evidence'
import { problemOf } from '../problem.ts'

interface TabLedger {
  /** The newest first; empty when none can be read. */
  readonly recent: (limit: number) => Promise<readonly Receipt[]>
  readonly keep: (receipt: Receipt) => Promise<void>
  /** Why receipts are not kept, or null: as far as is known by now. */
  readonly notKept: () => string | null
}

/** `open` is called when the ledger is first needed. Nothing here throws. */
export function tabLedger(open: () => Promise<Ledger>): TabLedger {
  let opening: Promise<Ledger> | null = null
  let notKept: string | null = null
  const ask = async <T>(what: (ledger: Ledger) => T | Promise<T>): Promise<T | null> => {
    try {
      opening ??= open()
      const answer = await what(await opening)
      notKept = null
      return answer
    } catch (thrown) {
      // Opened anew next time: another tab, or somebody who clears site data, may have closed it.
      opening = null
      notKept = problemOf(thrown).message
      return null
    }
  }
  return {
    recent: async (limit) => (await ask((ledger) => ledger.recent(limit))) ?? [],
    keep: async (receipt) => void (await ask((ledger) => ledger.put(receipt))),
    notKept: () => notKept,
  }
}
