/** The calls of this machine as a trace; nothing where there is no ledger, as looking makes none. */
import { existsSync } from 'node:fs'
import { type LedgerTraceOptions, type TraceItem, traceFromLedger } from '@edgewise/evidence'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { ledgerFile } from './ledger-file.ts'

export async function* ledgerItems({
  since,
  until,
  by,
  rehearsal,
  task,
}: LedgerTraceOptions): AsyncGenerator<TraceItem> {
  if (!existsSync(ledgerFile())) return
  using ledger = openSqliteLedger(ledgerFile())
  yield* traceFromLedger(ledger, { since, until, by, rehearsal, task })
}
