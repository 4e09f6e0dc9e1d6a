/** One thread of the roof: a buffer of its own, read over and over for as long as it is told, in step with the others. */
import { parentPort, workerData } from 'node:worker_threads'
import { instantiate, type Kernel } from '../../../packages/engine/src/backend/wasm/assembler.ts'
import { readModule, TURN_BYTES } from '../../../packages/engine/src/backend/wasm/bandwidth.ts'

export interface RoofThread {
  readonly bytes: number
  readonly threads: number
  readonly streams: readonly number[]
  /** [1]: threads that have been ready, all times together. */
  readonly ready: Int32Array<SharedArrayBuffer>
}

export interface RoofRequest {
  readonly streams: number
  readonly ms: number
  /** How many times the threads have been asked, this one included. */
  readonly turn: number
}

const { bytes, threads, streams, ready }: RoofThread = workerData
const PAGE = 2 ** 16
const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) + 1 })
// Pages never written may all stand for one page of zeros, which would measure a cache.
new Uint8Array(memory.buffer).fill(1)
const kernels = new Map<number, Kernel>(
  streams.map((count) => [count, instantiate<'sum'>(readModule(count), memory).sum]),
)

parentPort!.on('message', ({ streams, ms, turn }: RoofRequest) => {
  const sum = kernels.get(streams)!
  const turns = Math.floor(bytes / (streams * TURN_BYTES))
  Atomics.add(ready, 0, 1)
  while (Atomics.load(ready, 0) < turn * threads);
  const began = performance.now()
  let read = 0
  let took = 0
  do {
    sum(PAGE, turns)
    read += turns * streams * TURN_BYTES
    took = performance.now() - began
  } while (took < ms)
  parentPort!.postMessage(read / took / 1e6)
})
parentPort!.postMessage(0)
