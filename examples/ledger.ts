/** The ledger: every call leaves a receipt in one SQLite file, which says afterwards what ran where and what it cost. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise } from 'edgewise'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-example-'))
const ledger = openSqliteLedger(join(folder, 'ledger.db'))
await using cloud = await startRehearsal()
const ew = edgewise({
  policy: {
    version: 1,
    cloud: {
      baseURL: cloud.baseURL,
      model: 'cloud-rehearsal',
      rehearsal: true,
      price: { inputPerMTok: 1, outputPerMTok: 4 },
    },
    tasks: {},
    default: { place: 'cloud-only' },
  },
  device: null,
  ledger,
})
await generateText({ model: ew(), prompt: 'hello' })
for (const { place, model, costUsd, rehearsal } of ledger.recent(10))
  console.log(place, model, costUsd, rehearsal ? '(a rehearsal)' : '')
ledger.close()
rmSync(folder, { recursive: true })

// Prints:
// cloud cloud-rehearsal … (a rehearsal)
