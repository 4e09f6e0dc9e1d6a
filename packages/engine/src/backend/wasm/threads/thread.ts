/**
 * What every thread of a pool does: takes chunks of the present job and calls kernels on them. The function stands alone, as its
 * source text is also what a worker runs (spawn.ts): it may use nothing from outside but its arguments and the language.
 *
 * A block of shared memory, `control`, tells what there is to do. Its first 8 KiB are 32-bit integers, a cache line for each of
 * - 0  the ticket: number of the job << 10 | chunks of it that nobody has taken; 16 chunks done; 32 threads asleep;
 * - 48 stop; 64 failed; 80 threads that run; 96 modules, and from 112 on the address and length of each.
 * Then the job as f64: its parts; of each its chunks, items, items a chunk, where it ends, and its calls; of each call its kernel,
 * its number of arguments, and four numbers an argument (pool.ts). It is written when the job before is done and read by who holds
 * a chunk, so nobody reads half a job; and as it is read only after the ticket was taken, a thread that slept through any number
 * of jobs takes a chunk of the present one.
 */

/** Bytes of the control block. */
export const CONTROL_BYTES: number = 8192 + 65_536
/** Chunks of a job that the ticket has room for. */
export const MAXIMUM_CHUNKS: number = 1023

export type ThreadKernel = (...args: number[]) => unknown

export interface Thread {
  /** Kernels by number; a module's come in the order of its exports. */
  readonly kernels: ThreadKernel[]
  /** The job to be written before `finish`. */
  readonly job: Float64Array
  /** Tells the other threads of a module's bytes; its kernels are in `kernels` here. Returns false where there is no room for more. */
  addModule(address: number, length: number): boolean
  /**
   * Hands the job in the control block out, `chunks` of it, works on it, and returns when all is done: how many ms it stood
   * still for another thread's last chunk, 0 where that was no longer than a chunk takes. Throws if a kernel did.
   */
  finish(chunks: number): number
  /** Works until it is stopped; sleeps where there has been nothing to do for a while. */
  serve(): void
  /** Ends `serve` on all threads. */
  stop(): void
  /** Threads that serve by now, and those of them that sleep. */
  running(): number
  asleep(): number
}

/** `number` tells the threads of a pool apart: 0 is the one that hands jobs out. */
export function openThread(memory: WebAssembly.Memory, control: number, number: number): Thread {
  const TICKET = 0
  const DONE = 16
  const ASLEEP = 32
  const STOP = 48
  const FAILED = 64
  const RUNNING = 80
  const MODULES = 96
  const FIRST_MODULE = 112
  const MODULES_AT_MOST = 960
  /** How long a thread looks for work before it sleeps: longer than what lies between two jobs of a token, ms. */
  const PATIENCE_MS = 1
  /** What the last chunk of another thread takes at most where that has its core, ms. */
  const STANDING_MS = 0.5
  /** How long the last chunks of other threads may take: as long as no host leaves a running thread alone. */
  const LOST_MS = 60_000
  /** Looks between two at the clock. */
  const LOOKS = 200
  /** Lets the other thread of a core work, where the language has it. */
  const pause = (Atomics as { pause?: () => void }).pause ?? (() => {})

  const ints = new Int32Array(memory.buffer, control, 2048)
  const job = new Float64Array(memory.buffer, control + 8192, 8192)
  const kernels: ThreadKernel[] = []
  /** Arguments of a call, by their number: a thread that makes no garbage is never stopped to collect it. */
  const argsOf = Array.from({ length: 17 }, (_, count) => new Array<number>(count).fill(0))
  let loaded = 0
  let jobs = 0

  function load(): void {
    for (const modules = Atomics.load(ints, MODULES); loaded < modules; loaded++) {
      const address = ints[FIRST_MODULE + 2 * loaded]! >>> 0
      const bytes = new Uint8Array(memory.buffer, address, ints[FIRST_MODULE + 2 * loaded + 1]!).slice()
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
      for (const name in exports) kernels.push(exports[name] as ThreadKernel)
    }
  }

  function runChunk(chunk: number): void {
    let part = 1
    let ahead = chunk
    for (; ahead >= job[part]!; part = job[part + 3]!) ahead -= job[part]!
    const size = job[part + 2]!
    const first = ahead * size
    const count = Math.min(size, job[part + 1]! - first)
    const end = job[part + 3]!
    for (let at = part + 4; at < end; ) {
      const kernel = kernels[job[at]!]!
      const last = at + 2 + 4 * job[at + 1]!
      const args = argsOf[job[at + 1]!]!
      at += 2
      for (let i = 0; at < last; i++, at += 4) {
        args[i] = job[at]! + job[at + 1]! * first + job[at + 2]! * count + job[at + 3]! * number
      }
      kernel(...args)
    }
  }

  /** Takes chunks while there are any; whether there was one. */
  function help(): boolean {
    for (let did = false; ; did = true) {
      let ticket = Atomics.load(ints, TICKET)
      for (;;) {
        if ((ticket & 1023) === 0) return did
        const seen = Atomics.compareExchange(ints, TICKET, ticket, ticket - 1)
        if (seen === ticket) break
        ticket = seen
      }
      try {
        if (number > 0) load()
        runChunk((ticket & 1023) - 1)
      } catch {
        Atomics.store(ints, FAILED, 1)
      }
      Atomics.add(ints, DONE, 1)
    }
  }

  function finish(chunks: number): number {
    Atomics.store(ints, DONE, 0)
    jobs = (jobs + 1) & 0x3fffff
    Atomics.store(ints, TICKET, (jobs << 10) | chunks)
    if (Atomics.load(ints, ASLEEP) > 0) Atomics.notify(ints, TICKET)
    help()
    let began = 0
    let stood = 0
    for (let looks = 0; Atomics.load(ints, DONE) < chunks; looks++) {
      pause()
      if (looks % LOOKS !== 0) continue
      began ||= performance.now()
      stood = performance.now() - began
      if (stood > LOST_MS) throw new Error('a thread does not end its part of the work')
    }
    if (Atomics.exchange(ints, FAILED, 0) !== 0) throw new Error('a kernel failed on one of the threads')
    return stood < STANDING_MS ? 0 : stood
  }

  function serve(): void {
    Atomics.add(ints, RUNNING, 1)
    let since = performance.now()
    for (let looks = 0; Atomics.load(ints, STOP) === 0; looks++) {
      if (help()) {
        since = 0
        continue
      }
      pause()
      if (looks % LOOKS !== 0) continue
      const now = performance.now()
      since ||= now
      if (now - since < PATIENCE_MS) continue
      since = 0
      Atomics.add(ints, ASLEEP, 1)
      const ticket = Atomics.load(ints, TICKET)
      // Who hands out a job or stops the pool changes the ticket first and then looks for sleepers.
      if ((ticket & 1023) === 0 && Atomics.load(ints, STOP) === 0) Atomics.wait(ints, TICKET, ticket)
      Atomics.sub(ints, ASLEEP, 1)
    }
    Atomics.sub(ints, RUNNING, 1)
  }

  function addModule(address: number, length: number): boolean {
    const modules = ints[MODULES]!
    if (modules === MODULES_AT_MOST) return false
    ints[FIRST_MODULE + 2 * modules] = address
    ints[FIRST_MODULE + 2 * modules + 1] = length
    Atomics.store(ints, MODULES, modules + 1)
    return true
  }

  function stop(): void {
    Atomics.store(ints, STOP, 1)
    Atomics.notify(ints, TICKET)
  }

  const running = (): number => Atomics.load(ints, RUNNING)
  const asleep = (): number => Atomics.load(ints, ASLEEP)
  return { kernels, job, addModule, finish, serve, stop, running, asleep }
}
