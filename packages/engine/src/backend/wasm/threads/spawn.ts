/**
 * Workers, wherever the engine runs: in Node through `worker_threads`, else the host's own `Worker` from a blob: URL. Both run
 * the source text of `openThread`, so that no bundler has to know of a second file.
 */
import { openThread } from './thread.ts'

export interface SpawnedThread {
  terminate(): void
}

/** A thread of a pool; it takes part once its host has started it. Throws what the host throws where it starts none. */
export function spawnThread(memory: WebAssembly.Memory, control: number, number: number): SpawnedThread {
  const data = { memory, control, number }
  const node = nodeModule('node:worker_threads')
  if (node) {
    const source = `const { memory, control, number } = require('node:worker_threads').workerData;
(${openThread})(memory, control, number).serve()`
    const worker = new node.Worker(source, { eval: true, workerData: data, execArgv: [] })
    // Without a listener a failure to start would end the process; the work is done by the other threads then.
    worker.on('error', () => {})
    worker.unref()
    return worker
  }
  const source = `onmessage = ({ data: { memory, control, number } }) => (${openThread})(memory, control, number).serve()`
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(url)
  worker.onerror = (event) => event.preventDefault()
  worker.postMessage(data)
  // The worker has its script once it runs; a URL taken back before would leave it without.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  return worker
}

/** Threads that can work at once, and 1 where memory cannot be shared: a page needs cross-origin isolation for that. */
export function offeredThreads(): number {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean }
  if (typeof SharedArrayBuffer !== 'function' || crossOriginIsolated === false) return 1
  const node = nodeModule('node:os')
  if (!node && typeof Worker !== 'function') return 1
  return node?.availableParallelism() ?? navigator.hardwareConcurrency ?? 1
}

interface NodeWorker extends SpawnedThread {
  on(event: 'error', listener: () => void): void
  unref(): void
}
interface NodeModules {
  'node:worker_threads': { Worker: new (source: string, options: object) => NodeWorker }
  'node:os': { availableParallelism(): number }
}

/** Asked of the process, not imported: a page's bundler would stumble over the name. */
function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: Name) => NodeModules[Name] } }
  return process?.getBuiltinModule?.(name)
}
