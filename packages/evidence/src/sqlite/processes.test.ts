/** Several processes on one file, and processes that are killed at any moment: what was acknowledged is there and intact. */
import { type ChildProcess, spawn } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { seededRandom } from '../../../engine/src/generate/random.ts'
import { testFolder } from '../testing/folder.ts'
import { randomReceipt } from '../testing/receipts.ts'
import { openSqliteLedger } from './index.ts'

const folder = testFolder()
afterAll(() => folder[Symbol.dispose]())
const script = fileURLToPath(new URL('../testing/put-child.ts', import.meta.url))

interface Writer {
  readonly process: ChildProcess
  /** The lines it printed, when it has ended. */
  readonly acknowledged: Promise<readonly string[]>
}

function startWriter(path: string, name: string, seed: number, count: number): Writer {
  const child = spawn(
    process.execPath,
    ['--conditions=edgewise-source', script, path, name, `${seed}`, `${count}`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  child.stdout.on('data', (data) => {
    printed += data
  })
  const acknowledged = new Promise<readonly string[]>((resolve) => {
    // Only whole lines: a line was written with one call, and is there or not.
    child.on('close', () => resolve(printed.split('\n').slice(0, -1)))
  })
  return { process: child, acknowledged }
}

/** The receipts a writer makes, in order. */
function madeBy(name: string, seed: number, count: number): unknown[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => randomReceipt(`${name}-${i}`, random))
}

test('four processes open a new file and write at once: nothing is lost, nothing out of order', async () => {
  const path = folder.newFile()
  const writers = [1, 2, 3, 4].map((seed) => startWriter(path, `w${seed}`, seed, 100))
  for (const { acknowledged } of writers) expect(await acknowledged).toHaveLength(100)
  using ledger = openSqliteLedger(path)
  const all = [...ledger.all()]
  expect(all).toHaveLength(400)
  for (const seed of [1, 2, 3, 4]) {
    expect(all.filter(({ id }) => id.startsWith(`w${seed}-`))).toEqual(madeBy(`w${seed}`, seed, 100))
  }
})

const rounds = process.env.EDGEWISE_TESTS === 'all' ? 25 : 4

test(`killed with SIGKILL at any moment, ${rounds} times: every acknowledged receipt is there, intact`, async () => {
  const path = folder.newFile()
  const random = seededRandom(9)
  let acknowledged = 0
  for (let round = 0; round < rounds; round++) {
    const writers = [0, 1].map((one) => startWriter(path, `k${round}${'ab'[one]}`, 100 + round + one, 1e6))
    await Promise.all(
      writers.map(
        ({ process: { stdout } }) => new Promise((go) => stdout!.once('data', go).once('close', go)),
      ),
    )
    for (const { process } of writers) {
      await sleep(random() * 150)
      process.kill('SIGKILL')
    }
    const lines = await Promise.all(writers.map((writer) => writer.acknowledged))
    using ledger = openSqliteLedger(path)
    for (const [one, ids] of lines.entries()) {
      const made = madeBy(`k${round}${'ab'[one]}`, 100 + round + one, ids.length)
      expect(ids.map((id) => ledger.get(id))).toEqual(made)
      acknowledged += ids.length
    }
    using database = new DatabaseSync(path, { readOnly: true })
    expect(database.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' })
  }
  using ledger = openSqliteLedger(path)
  let total = 0
  for (const _ of ledger.all()) total++
  // At most the one a process was at when it was killed was not acknowledged.
  expect(total).toBeGreaterThanOrEqual(acknowledged)
  expect(total).toBeLessThanOrEqual(acknowledged + 2 * rounds)
}, 180_000)
