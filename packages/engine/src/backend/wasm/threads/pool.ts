/**
 * The threads that share a backend's memory. Work is handed out by `each`: a number of items (rows, heads, tokens) in chunks
 * that the threads take one by one as they are free, so that one which lost its core to another process holds up a chunk and
 * not a share. Results do not depend on who takes what, as a chunk's calls are all numbers.
 *
 * A thread that loses its core in the middle of a chunk holds up all: after such a wait the calling thread works alone for a
 * while, twice as long and up to 32 times where waits come again and again, so that a busy machine loses a few percent.
 *
 * Workers are started with the first work that is worth dividing; until they run, the calling thread does all. They spin between the
 * jobs of a token and sleep after it. With one thread memory is not shared and `each` is a plain call.
 */
import { BackendUnavailableError } from '../../../errors.ts'
import { instantiate, type Kernel, type ModuleBuilder } from '../assembler.ts'
import type { LinearMemory } from '../memory.ts'
import { type SpawnedThread, spawnThread } from './spawn.ts'
import { CONTROL_BYTES, MAXIMUM_CHUNKS, openThread, type Thread } from './thread.ts'

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

/** Items of one kind; `each` says what is done with them. */
export interface Part {
  readonly items: number
  readonly grain: number
  readonly calls: readonly Call[]
}

/** How many times as long as it waited a thread works alone: at first, and where such waits come more often than this. */
const LEAST_ALONE = 2
const MOST_ALONE = 32
const CALM_MS = 200

export class ThreadPool {
  /** Threads in all, the calling one included. */
  readonly threads: number
  readonly #memory: LinearMemory
  readonly #numbers: Map<Kernel, number> = new Map()
  readonly #shared: Shared | undefined
  #workers: SpawnedThread[] | undefined
  /** By `performance.now()`; 0 when all threads work. */
  #aloneUntil = 0
  /** When a thread was last waited for too long, and how many times as long the calling thread then went on alone. */
  #stoodAt = Number.NEGATIVE_INFINITY
  #caution = LEAST_ALONE

  /** `memory` is shared where there is more than one thread. Throws OutOfMemoryError. */
  constructor(memory: LinearMemory, threads: number) {
    this.#memory = memory
    this.threads = threads
    if (threads === 1) return
    const control = memory.allocate(CONTROL_BYTES, true)
    this.#shared = { control, thread: openThread(memory.memory, control, 0) }
  }

  /** The module's kernels, on all threads. Throws as `instantiate` does. */
  load<Name extends string>(module: ModuleBuilder): Record<Name, Kernel> {
    const kernels = instantiate<Name>(module, this.#memory.memory)
    if (!this.#shared) return kernels
    const { thread } = this.#shared
    const bytes = module.toBytes(true)
    const address = this.#memory.allocate(bytes.length)
    new Uint8Array(this.#memory.memory.buffer, address, bytes.length).set(bytes)
    for (const kernel of Object.values<Kernel>(kernels)) {
      this.#numbers.set(kernel, thread.kernels.push(kernel) - 1)
    }
    if (!thread.addModule(address, bytes.length)) {
      throw new BackendUnavailableError('threads share no more modules of kernels: open a new backend')
    }
    return kernels
  }

  /**
   * Runs `calls`, one after the other, on every chunk of `items`; a chunk has `grain` of them, or a multiple of it where
   * that would be too many chunks, and the last what is left. Returns when all are done.
   */
  each(items: number, grain: number, calls: readonly Call[]): void {
    if (items <= grain) runWhole(items, calls)
    else this.all([{ items, grain, calls }])
  }

  /** The same for several kinds of items side by side, so that threads wait for each other once and not after each. */
  all(parts: readonly Part[]): void {
    const shared = this.#shared
    const chunks = parts.reduce((sum, part) => sum + Math.ceil(part.items / part.grain), 0)
    if (!shared || chunks < 2 || (this.#aloneUntil > 0 && this.#isAlone())) {
      for (const { items, calls } of parts) runWhole(items, calls)
      return
    }
    this.#workers ??= this.#spawn(shared)
    // A part may have a chunk more than its share of them.
    const coarser = Math.ceil(chunks / (MAXIMUM_CHUNKS - parts.length))
    const chunksWritten = this.#write(shared.thread.job, parts, coarser)
    let stoodMs = Number.POSITIVE_INFINITY
    try {
      stoodMs = shared.thread.finish(chunksWritten)
    } finally {
      // For ever after an error: a thread that was lost may still come back to its chunk, and must not be counted in a later job.
      if (stoodMs > 0) this.#goAlone(stoodMs)
    }
  }

  /** Writes the job as thread.ts reads it; its chunks, of `coarser` times the parts' grain. */
  #write(job: Float64Array, parts: readonly Part[], coarser: number): number {
    let chunks = 0
    let at = 0
    job[at++] = parts.length
    for (const { items, grain, calls } of parts) {
      const begin = at
      job[at++] = Math.ceil(items / (coarser * grain))
      chunks += job[begin]!
      job[at++] = items
      job[at++] = coarser * grain
      at++
      for (const { kernel, args } of calls) {
        job[at++] = this.#numbers.get(kernel)!
        job[at++] = args.length
        for (const arg of args) {
          const isNumber = typeof arg === 'number'
          job[at++] = isNumber ? arg : arg.base
          job[at++] = isNumber ? 0 : arg.item
          job[at++] = isNumber ? 0 : arg.count
          job[at++] = isNumber ? 0 : arg.thread
        }
      }
      job[begin + 3] = at
    }
    return chunks
  }

  #goAlone(stoodMs: number): void {
    const now = performance.now()
    this.#caution = now - this.#stoodAt < CALM_MS ? Math.min(2 * this.#caution, MOST_ALONE) : LEAST_ALONE
    this.#stoodAt = now
    this.#aloneUntil = now + this.#caution * stoodMs
  }

  #isAlone(): boolean {
    if (performance.now() < this.#aloneUntil) return true
    this.#aloneUntil = 0
    return false
  }

  /** How many workers take part by now; they start in their own time. */
  get running(): number {
    return this.#shared?.thread.running() ?? 0
  }

  /** How many of them sleep. */
  get asleep(): number {
    return this.#shared?.thread.asleep() ?? 0
  }

  /** Ends the workers. Nothing may be called afterwards. */
  dispose(): void {
    if (!this.#shared) return
    this.#shared.thread.stop()
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
  readonly thread: Thread
}

/** Arguments of a call, by their number: hundreds of calls a token need not make as many arrays. */
const argsOf = Array.from({ length: 17 }, (_, count) => new Array<number>(count).fill(0))

function runWhole(items: number, calls: readonly Call[]): void {
  if (items === 0) return
  for (const { kernel, args } of calls) {
    const values = argsOf[args.length]!
    for (let i = 0; i < values.length; i++) {
      const arg = args[i]!
      values[i] = typeof arg === 'number' ? arg : arg.base + arg.count * items
    }
    kernel(...values)
  }
}
