/** Threads on shared memory: all of the work once, whoever takes it; failures told; nothing left behind. */
import { availableParallelism } from 'node:os'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { increase, load, ModuleBuilder, op, repeat, store, storeLane, vector } from '../assembler.ts'
import { LinearMemory } from '../memory.ts'
import { COUNT, type Part, perItem, perThread, ThreadPool } from './pool.ts'
import { offeredThreads } from './spawn.ts'

const pools: ThreadPool[] = []
afterEach(() => {
  for (const pool of pools.splice(0)) pool.dispose()
  vi.unstubAllGlobals()
})

function open(threads: number): { memory: LinearMemory; pool: ThreadPool } {
  const memory = new LinearMemory({ limitPages: 1024, shared: threads > 1 })
  const pool = new ThreadPool(memory, threads)
  pools.push(pool)
  return { memory, pool }
}

/** bump(at, count, by): adds `by` to each of `count` integers of 16 bits; trap(): ends in an error. */
function module(): ModuleBuilder {
  return new ModuleBuilder()
    .func('bump', ['i32', 'i32', 'i32'], (_, at, count, by) => {
      const sum = op('i32.add', load('i32.load16_u', at), by)
      return repeat(count, store('i32.store16', at, 0, sum), increase(at, 2))
    })
    .func('trap', [], () => store('v128.store', -1, 0, vector.i32(1)))
}

describe.each([1, 2, 5])('%i threads', (threads) => {
  test('every item is done once, in chunks of any size', async () => {
    const { memory, pool } = open(threads)
    const { bump } = pool.load<'bump'>(module())
    const at = memory.allocate(4 * 5000, true)
    const values = (): Uint16Array => new Uint16Array(memory.memory.buffer, at, 5000)
    let expected = 0
    pool.each(5000, 1, [{ kernel: bump, args: [perItem(at, 2), COUNT, 1] }])
    expected++
    await expect.poll(() => pool.running, { timeout: 20_000 }).toBe(threads - 1)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6000 }), fc.integer({ min: 1, max: 9 }), (grain, by) => {
        const args = [perItem(at, 2), COUNT, by]
        pool.each(5000, grain, [
          { kernel: bump, args },
          { kernel: bump, args },
        ])
        expected += 2 * by
        expect(values().every((value) => value === expected)).toBe(true)
      }),
      { numRuns: 100, seed: 5 },
    )
  })

  test('parts side by side, some of them empty', () => {
    const { memory, pool } = open(threads)
    const { bump } = pool.load<'bump'>(module())
    const at = memory.allocate(2 * 3000, true)
    const part = (first: number, items: number, grain: number): Part => ({
      items,
      grain,
      calls: [{ kernel: bump, args: [perItem(at + 2 * first, 2), COUNT, 1] }],
    })
    const parts = [part(0, 0, 1), part(0, 1000, 3), part(1000, 1, 9), part(1001, 1999, 1)]
    for (let i = 0; i < 50; i++) pool.all(parts)
    expect(new Uint16Array(memory.memory.buffer, at, 3000).every((value) => value === 50)).toBe(true)
  })

  test("memory of a thread is its own, and memory that grows is everyone's", async () => {
    const { memory, pool } = open(threads)
    const { bump } = pool.load<'bump'>(module())
    const own = memory.allocate(4 * threads, true)
    pool.each(1000, 1, [{ kernel: bump, args: [perThread(own, 2), 1, COUNT] }])
    const far = memory.allocate(2 ** 24, true) + 2 ** 24 - 4000
    pool.each(1000, 1, [{ kernel: bump, args: [perItem(far, 2), COUNT, 3] }])
    const sum = new Uint16Array(memory.memory.buffer, own, threads).reduce((a, b) => a + b)
    expect(sum).toBe(1000)
    expect(new Uint16Array(memory.memory.buffer, far, 1000).every((value) => value === 3)).toBe(true)
  })

  test('kernels loaded while threads run reach them all', async () => {
    const { memory, pool } = open(threads)
    const { bump } = pool.load<'bump'>(module())
    const at = memory.allocate(4000, true)
    const each = (kernel: typeof bump): void =>
      pool.each(1000, 1, [{ kernel, args: [perItem(at, 2), COUNT, 1] }])
    each(bump)
    await expect.poll(() => pool.running, { timeout: 20_000 }).toBe(threads - 1)
    for (let i = 0; i < 20; i++) each(pool.load<'bump'>(module()).bump)
    expect(new Uint16Array(memory.memory.buffer, at, 1000).every((value) => value === 21)).toBe(true)
  })

  test('a kernel that fails is an error of the call, and the next call works', () => {
    const { memory, pool } = open(threads)
    const { bump, trap } = pool.load<'bump' | 'trap'>(module())
    const at = memory.allocate(4000, true)
    expect(() => pool.each(1000, 1, [{ kernel: trap, args: [] }])).toThrow()
    pool.each(1000, 1, [{ kernel: bump, args: [perItem(at, 2), COUNT, 1] }])
    expect(new Uint16Array(memory.memory.buffer, at, 1000).every((value) => value === 1)).toBe(true)
  })
})

test('threads sleep when there is nothing to do', async () => {
  const { memory, pool } = open(3)
  const { bump } = pool.load<'bump'>(module())
  const at = memory.allocate(4000, true)
  const work = (): void => pool.each(1000, 1, [{ kernel: bump, args: [perItem(at, 2), COUNT, 1] }])
  work()
  await expect.poll(() => pool.asleep, { timeout: 20_000 }).toBe(2)
  work()
  await expect.poll(() => pool.asleep, { timeout: 20_000 }).toBe(2)
})

test('floats and numbers above 2^31 arrive as they are', () => {
  const { memory, pool } = open(2)
  const { put } = pool.load<'put'>(
    new ModuleBuilder().func('put', ['i32', 'f32', 'i32'], (_, at, x, y) => [
      storeLane('v128.store32_lane', at, 0, op('f32x4.splat', x), 0),
      storeLane('v128.store32_lane', at, 4, op('f32x4.splat', op('f32.convert_i32_u', y)), 0),
    ]),
  )
  const at = memory.allocate(16, true)
  pool.each(9, 1, [{ kernel: put, args: [at, 0.1, 4_000_000_000] }])
  expect(new Float32Array(memory.memory.buffer, at, 1)[0]).toBe(Math.fround(0.1))
  expect(new Float32Array(memory.memory.buffer, at + 4, 1)[0]).toBe(4_000_000_000)
})

test('a page without cross-origin isolation, or a host without shared memory, has one thread', () => {
  expect(offeredThreads()).toBe(availableParallelism())
  vi.stubGlobal('crossOriginIsolated', false)
  expect(offeredThreads()).toBe(1)
  vi.unstubAllGlobals()
  vi.stubGlobal('SharedArrayBuffer', undefined)
  expect(offeredThreads()).toBe(1)
})
