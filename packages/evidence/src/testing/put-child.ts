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
  ledger.put(receipt)
  // At once, not with the rest of a buffer that a kill would lose.
  writeSync(1, `${receipt.id}\n`)
  if (i % 5 === 0) {
    const until = new Date(Date.now() + (i % 3 === 0 ? 5 : 60_000)).toISOString()
    ledger.keepContent(receipt.id, { prompt: 'p'.repeat(5000), answer: 'a' }, until)
  }
  if (i % 40 === 39) ledger.purge()
}
