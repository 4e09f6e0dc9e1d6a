/**
 * A process that writes receipts until it is killed or has written `count`: `put-child.ts FILE NAME SEED COUNT`. It prints a
 * line with a receipt's id after its put has returned; content comes and goes meanwhile.
 */
import { writeSync } from 'node:fs'
import { seededRandom } from '../../../engine/src/generate/random.ts'
import { openSqliteLedger } from '../sqlite/index.ts'
import { randomReceipt } from './receipts.ts'

const [path, name, seed, count] = process.argv.slice(2)
const random = seededRandom(Number(seed))
using ledger = openSqliteLedger(path!)
for (let i = 0; i < Number(count); i++) {
  const receipt = randomReceipt(`${name}-${i}`, random)
  untilFree(() => ledger.put(receipt))
  // At once, not with the rest of a buffer that a kill would lose.
  writeSync(1, `${receipt.id}\n`)
  if (i % 5 === 0) {
    const until = new Date(Date.now() + (i % 3 === 0 ? 5 : 60_000)).toISOString()
    untilFree(() => ledger.keepContent(receipt.id, { prompt: 'p'.repeat(5000), answer: 'a' }, until))
  }
  if (i % 40 === 39) untilFree(() => ledger.purge())
}

/** Its siblings write without a pause, and on a busy machine one of them may be in the way for long. */
function untilFree(what: () => unknown): void {
  for (;;) {
    try {
      what()
      return
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ledger_locked') throw error
    }
  }
}
