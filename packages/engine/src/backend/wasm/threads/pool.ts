/**
 * The threads that share a backend's memory. Work is handed out by `each`: a number of items (rows, heads, tokens) in chunks
 * that the threads take one by one as they are free, so that one which lost its core to another process holds up a chunk and
 * not a share. Results do not depend on who takes what, as a chunk's calls are all numbers.
 *
 * A thread that loses its core in the middle of a chunk holds up all: after such a wait the calling thread works alone for
 * twenty times as long, so that on a busy machine no more than a twentieth of the time is lost.
 *
 * Workers are started with the first work that is worth dividing; until they run, the calling thread does all. They spin between the
 * jobs of a token and sleep after it. With one thread memory is not shared and `each` is a plain call.
 */
import { BackendUnavailableError } from '../../../errors.ts'
import { instantiate, type Kernel, type ModuleBuilder } from '../assembler.ts'
import type { LinearMemory } from '../memory.ts'
import { type SpawnedThread, spawnThread } from './spawn.ts'
import { CONTROL_BYTES, MAXIMUM_CHUNKS, MAXIMUM_MODULES, openThread, type Thread } from './thread.ts'

/** An argument that depends on the chunk: base + item * its first item + count * the number of its items + thread * the thread. */
export interface ChunkArg {
  readonly base: number
  readonly item: number
  readonly count: number
  readonly thread: number
}

/** An address that moves on by `step` bytes with every item. */
export const perItem = (base: number, step: number): ChunkArg => ({ base, item: step, count: 0, thread: 0 })
/** Memory of each thread's own: `bytes` for every thread from `base` on. */
export const perThread = (base: number, bytes: number): ChunkArg => ({
  base,
  item: 0,
  count: 0,
  thread: bytes,
})
/** Items in the chunk. */
export const COUNT: ChunkArg = { base: 0, item: 0, count: 1, thread: 0 }

export interface Call {
  readonly kernel: Kernel
  readonly args: readonly (number | ChunkArg)[]
}

const ALONE = 20

export class ThreadPool {
  /** Threads in all, the calling one included. */
  readonly threads: number
  readonly #memory: LinearMemory
  readonly #numbers: Map<Kernel, number> = new Map()
  readonly #shared: Shared | undefined
  #workers: SpawnedThread[] | undefined
  /** By `performance.now()`; 0 when all threads work. */
  #aloneUntil = 0

  /** `memory` is shared where there is more than one thread. Throws OutOfMemoryError. */
  constructor(memory: LinearMemory, threads: number) {
    this.#memory = memory
    this.threads = threads
    if (threads === 1) return
    const control = memory.allocate(CONTROL_BYTES, true)
    const { buffer } = memory.memory
    this.#shared = {
      control,
      ints: new Int32Array(buffer, control, 2048),
      job: new Float64Array(buffer, control + 8192, 8192),
      thread: openThread(memory.memory, control, 0),
    }
  }

  /** The module's kernels, on all threads. Throws as `instantiate` does. */
  load<Name extends string>(module: ModuleBuilder): Record<Name, Kernel> {
    const kernels = instantiate<Name>(module, this.#memory.memory)
    if (!this.#shared) return kernels
    const { ints, thread } = this.#shared
    const modules = ints[96]!
    if (modules === MAXIMUM_MODULES) {
      throw new BackendUnavailableError(
        `${modules} modules are the most that threads share: open a new backend`,
      )
    }
    const bytes = module.toBytes(true)
    const address = this.#memory.allocate(bytes.length)
    new Uint8Array(this.#memory.memory.buffer, address, bytes.length).set(bytes)
    ints[112 + 2 * modules] = address
    ints[113 + 2 * modules] = bytes.length
    for (const kernel of Object.values<Kernel>(kernels)) {
      this.#numbers.set(kernel, thread.kernels.push(kernel) - 1)
    }
    Atomics.store(ints, 96, modules + 1)
    return kernels
  }

  /**
   * Runs `calls`, one after the other, on every chunk of `items`; a chunk has `grain` of them, or a multiple of it where
   * that would be too many chunks, and the last what is left. Returns when all are done.
   */
  each(items: number, grain: number, calls: readonly Call[]): void {
    if (items === 0) return
    const shared = this.#shared
    const size = grain * Math.ceil(items / grain / MAXIMUM_CHUNKS)
    if (!shared || items <= size || (this.#aloneUntil > 0 && this.#isAlone())) {
      for (const { kernel, args } of calls) kernel(...args.map((arg) => ofWhole(arg, items)))
      return
    }
    this.#workers ??= this.#spawn(shared)
    const { job, thread } = shared
    job[0] = items
    job[1] = size
    job[2] = calls.length
    let at = 3
    for (const { kernel, args } of calls) {
      job[at++] = this.#numbers.get(kernel)!
      job[at++] = args.length
      for (const arg of args) {
        const { base, item, count, thread } =
          typeof arg === 'number' ? { ...COUNT, base: arg, count: 0 } : arg
        job[at++] = base
        job[at++] = item
        job[at++] = count
        job[at++] = thread
      }
    }
    const stoodMs = thread.finish(Math.ceil(items / size))
    if (stoodMs > 0) this.#aloneUntil = performance.now() + ALONE * stoodMs
  }

  #isAlone(): boolean {
    if (performance.now() < this.#aloneUntil) return true
    this.#aloneUntil = 0
    return false
  }

  /** How many workers take part by now; they start in their own time. */
  get running(): number {
    return this.#shared ? Atomics.load(this.#shared.ints, 80) : 0
  }

  /** How many of them sleep. */
  get asleep(): number {
    return this.#shared ? Atomics.load(this.#shared.ints, 32) : 0
  }

  /** Ends the workers. Nothing may be called afterwards. */
  dispose(): void {
    if (!this.#shared) return
    Atomics.store(this.#shared.ints, 48, 1)
    Atomics.notify(this.#shared.ints, 0)
    for (const worker of this.#workers ?? []) worker.terminate()
  }

  #spawn({ control }: Shared): SpawnedThread[] {
    const workers: SpawnedThread[] = []
    try {
      while (workers.length < this.threads - 1) {
        workers.push(spawnThread(this.#memory.memory, control, workers.length + 1))
      }
    } catch {
      // A policy that forbids workers, or no memory for one more: those there are do the work.
    }
    return workers
  }
}

interface Shared {
  readonly control: number
  readonly ints: Int32Array
  readonly job: Float64Array
  readonly thread: Thread
}

function ofWhole(arg: number | ChunkArg, items: number): number {
  return typeof arg === 'number' ? arg : arg.base + arg.count * items
}
