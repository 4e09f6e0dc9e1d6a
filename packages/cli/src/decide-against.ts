/** A verdict against the ledger of this machine, with a count of what was read. A ledger that is not there has no calls. */
import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { against, type Comparison, type Facts, type Verdict } from '@edgewise/advisor'
import type { Receipt } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { openCount } from './count-progress.ts'
import { ledgerFile } from './ledger-file.ts'

export interface AgainstLedgerOptions {
  /** ISO 8601. */
  readonly since?: string | undefined
  readonly rehearsal?: boolean | undefined
  readonly facts: Facts
  /** No progress. */
  readonly quiet: boolean
}

/** Receipts that are read at a stretch; then signals and the progress have their turn. */
const STRETCH = 4096

/** Throws `ledger_bad_time` for a time that is none. */
export async function againstLedger(
  verdict: Verdict,
  { quiet, ...options }: AgainstLedgerOptions,
): Promise<Comparison> {
  const path = ledgerFile()
  // Looking at it makes no file.
  if (!existsSync(path)) return against(verdict, [], () => [], options)
  using ledger = openSqliteLedger(path)
  const view = quiet ? undefined : openCount('receipts read')
  async function* receipts(): AsyncGenerator<Receipt> {
    let read = 0
    for (const receipt of ledger.all({ since: options.since, task: verdict.useCase.task })) {
      if (++read % STRETCH === 0) await setImmediate()
      view?.show(read)
      yield receipt
    }
  }
  try {
    return await against(verdict, receipts(), (id) => ledger.judgements(id), options)
  } finally {
    view?.close()
  }
}
