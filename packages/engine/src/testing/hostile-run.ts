/**
 * Damaged files by the thousand, in a process of its own so that a crash, a hang or a heap that grows is seen as such:
 *   node --conditions=edgewise-source hostile-run.ts <first seed> <how many>
 * Every 25th is opened as a model, too. Prints a line of JSON.
 */
import { seededRandom } from '../generate/random.ts'
import { checkHeader, checkModel } from './hostile-checks.ts'
import { damages } from './hostile-files.ts'
import { hostileSeeds } from './hostile-seeds.ts'

const OPENED = 25
const [first, count] = process.argv.slice(2).map(Number) as [number, number]
const makers = Object.values(hostileSeeds).map((make) => damages(make()))
const summary = { read: 0, refused: 0, ran: 0, notRun: 0, slowestMs: 0, failure: '' }
for (let seed = first; seed < first + count && !summary.failure; seed++) {
  const bytes = makers[seed % makers.length]!(seededRandom(seed))
  const started = performance.now()
  try {
    summary[(await checkHeader(bytes)) ? 'read' : 'refused']++
    if (seed % OPENED === 0)
      summary[(await checkModel(bytes, seed % 2 ? 'wasm' : 'reference')) ? 'ran' : 'notRun']++
  } catch (error) {
    summary.failure = `seed ${seed}: ${(error as Error).stack}`
  }
  summary.slowestMs = Math.max(summary.slowestMs, performance.now() - started)
}
console.log(JSON.stringify(summary))
