/** A thread that opens new ledgers in the same moment as its siblings; says the code of each one that was refused. */
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteLedger } from '../sqlite/index.ts'

const { gate, threads, rounds, folder } = workerData as {
  gate: Int32Array
  threads: number
  rounds: number
  folder: string
}
for (let round = 1; round <= rounds; round++) {
  Atomics.add(gate, 0, 1)
  while (Atomics.load(gate, 0) < threads * round);
  try {
    openSqliteLedger(join(folder, `${round}`, 'ledger.db')).close()
  } catch (error) {
    parentPort!.postMessage(`${(error as { code?: unknown }).code}: ${(error as Error).message}`)
  }
}
