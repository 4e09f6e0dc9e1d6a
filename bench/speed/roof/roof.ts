/**
 * The read roof: how fast this machine's threads read memory, in a buffer of the size of what a token reads, so that a
 * model that fits a cache is held to the cache's speed. Several streams of addresses, of which the best number counts;
 * a thread has its own part of the bytes, as the threads of an engine have.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { RoofRequest, RoofThread } from './thread.ts'

export interface Roof extends AsyncDisposable {
  /** 10^9 bytes a second, all threads together. */
  measure(ms: number): Promise<number>
}

const streams = [4, 6, 8] as const
/** Above all caches there are; a larger buffer reads no slower. */
const MOST = 2 ** 29

export async function openRoof(bytesPerToken: number, threads: number): Promise<Roof> {
  const bytes = Math.floor(Math.min(bytesPerToken, MOST) / threads)
  const ready = new Int32Array(new SharedArrayBuffer(4))
  const workerData: RoofThread = { bytes, threads, streams, ready }
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./thread.ts', import.meta.url), { workerData }),
  )
  await Promise.all(workers.map(answerOf))
  let turn = 0
  const measure = async (streams: number, ms: number): Promise<number> => {
    const request: RoofRequest = { streams, ms, turn: ++turn }
    const answers = Promise.all(workers.map(answerOf))
    for (const worker of workers) worker.postMessage(request)
    return (await answers).reduce((sum, speed) => sum + speed, 0)
  }
  // The first run of each makes the host compile it for speed.
  for (const count of streams) await measure(count, 30)
  const speeds: [number, number][] = []
  for (const count of streams) speeds.push([await measure(count, 60), count])
  const best = speeds.sort(([a], [b]) => b - a)[0]![1]
  return {
    measure: (ms) => measure(best, ms),
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

async function answerOf(worker: Worker): Promise<number> {
  // Rejects when the thread ends in an error.
  const [speed] = await once(worker, 'message')
  return speed
}
