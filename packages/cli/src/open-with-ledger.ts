/** What every command that answers calls opens: the system, with its receipts in this user's ledger; a problem with it is told. */
import { ledgerFile } from './ledger-file.ts'
import { openSystem, type System, type SystemOptions } from './system.ts'

/** Throws as `openSystem` does. */
export async function openWithLedger(options: SystemOptions): Promise<System> {
  const system = await openSystem({ ...options, ledger: ledgerFile() })
  if (system.ledgerProblem !== null) console.error(`edgewise: ${system.ledgerProblem}`)
  return system
}
