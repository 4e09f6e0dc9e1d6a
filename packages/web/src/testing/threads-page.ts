/** What the thread test runs in Chromium: a pool of threads by itself, and a model on one thread and on three. */
import { generate, openModel } from '@edgewise/engine'
import {
  increase,
  load,
  ModuleBuilder,
  op,
  repeat,
  store,
} from '../../../engine/src/backend/wasm/assembler.ts'
import { LinearMemory } from '../../../engine/src/backend/wasm/memory.ts'
import { COUNT, perItem, ThreadPool } from '../../../engine/src/backend/wasm/threads/pool.ts'
import { offeredThreads } from '../../../engine/src/backend/wasm/threads/spawn.ts'
import { randomModel } from '../../../engine/src/testing/random-model.ts'

export interface ThreadsFound {
  readonly offered: number
  /** Workers of the pool that took part, and whether all items were done once. */
  readonly running: number
  readonly right: boolean
  /** Of the model with three threads asked for. */
  readonly threads: number
  readonly one: readonly number[]
  readonly three: readonly number[]
}

/** Waits for the workers of the pool up to `patienceMs`. */
async function tryThreads(patienceMs: number): Promise<ThreadsFound> {
  const pool = await tryPool(patienceMs)
  const bytes = randomModel({ type: 'q8_0', layers: 2, dim: 512, hiddenDim: 1536, heads: 8, kvHeads: 2 })
  const tokens = async (threads: number): Promise<[number, number[]]> => {
    using model = await openModel(bytes, { backend: 'wasm', threads })
    const ids: number[] = []
    const prompt = Array.from({ length: 40 }, (_, i) => 65 + (i % 20))
    for await (const { id } of generate(model, prompt, { maxTokens: 24, temperature: 0, stopTokens: [] })) {
      ids.push(id)
    }
    return [model.backend.threads, ids]
  }
  const [, one] = await tokens(1)
  const [threads, three] = await tokens(3)
  return { offered: offeredThreads(), ...pool, threads, one, three }
}

async function tryPool(patienceMs: number): Promise<Pick<ThreadsFound, 'running' | 'right'>> {
  if (offeredThreads() === 1) return { running: 0, right: true }
  const memory = new LinearMemory({ shared: true })
  const pool = new ThreadPool(memory, 3)
  const module = new ModuleBuilder().func('bump', ['i32', 'i32'], (_, at, count) =>
    repeat(count, store('i32.store16', at, 0, op('i32.add', load('i32.load16_u', at), 1)), increase(at, 2)),
  )
  const { bump } = pool.load<'bump'>(module)
  const at = memory.allocate(2000, true)
  let rounds = 0
  for (const end = performance.now() + patienceMs; performance.now() < end && pool.running < 2; rounds++) {
    pool.each(1000, 7, [{ kernel: bump, args: [perItem(at, 2), COUNT] }])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const { running } = pool
  for (let i = 0; i < 100; i++, rounds++)
    pool.each(1000, 7, [{ kernel: bump, args: [perItem(at, 2), COUNT] }])
  const right = new Uint16Array(memory.memory.buffer, at, 1000).every((value) => value === rounds)
  pool.dispose()
  return { running, right }
}

Object.assign(globalThis, { tryThreads })
export type TryThreads = typeof tryThreads
