/** The one worker of this page, and the ledger of what ran in it. */
import { openIndexedDbLedger } from '@edgewise/evidence/indexed-db'
import { tabLedger } from './tab-ledger.ts'
import { tabRunner } from './tab-runner.ts'

export const thisTab = tabRunner(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
)

export const thisTabsLedger = tabLedger(() => openIndexedDbLedger())
