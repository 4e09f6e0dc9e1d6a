/** A new file that is opened by several at the same moment, many times: SQLite refuses one now and then, the ledger does not. */
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { testFolder } from '../testing/folder.ts'

test('six at once, 600 times: none is refused', async () => {
  using folder = testFolder()
  const workerData = {
    gate: new Int32Array(new SharedArrayBuffer(4)),
    threads: 6,
    rounds: 600,
    folder: dirname(dirname(folder.newFile())),
  }
  const refused: string[] = []
  const ended = Array.from({ length: workerData.threads }, () => {
    const worker = new Worker(new URL('../testing/open-worker.ts', import.meta.url), {
      workerData,
      execArgv: ['--conditions=edgewise-source'],
    })
    worker.on('message', (message: string) => refused.push(message))
    return new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject))
  })
  expect(await Promise.all(ended)).toEqual(ended.map(() => 0))
  expect(refused).toEqual([])
})
