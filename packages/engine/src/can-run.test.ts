import { expect, test } from 'vitest'
import { createWasmBackend } from './backend/wasm/backend.ts'
import { canRun, type Device } from './can-run.ts'
import { BadOptionError } from './errors.ts'
import { type Gguf, readGguf, readGgufFrom } from './gguf/read.ts'
import { tensorTypes } from './gguf/types.ts'
import { offeredMemory } from './host-memory.ts'
import { memoryNeed } from './model/memory-need.ts'
import { openModel } from './model/model.ts'
import { roofShares } from './roof-share.ts'
import { randomModel } from './testing/random-model.ts'
import { tiledModel } from './testing/tiled-model.ts'

const GB = 1e9
const device = (memoryBytes: number | undefined): Device => ({ memoryBytes, readGbPerSecond: 10 })
/** The layers of Llama 3.2 1B. */
const shape = {
  layers: 16,
  dim: 2048,
  hiddenDim: 8192,
  heads: 32,
  kvHeads: 8,
  contextLength: 131_072,
} as const
const header = (type: 'q8_0' | 'f16' | 'q4_0'): Promise<Gguf> => readGgufFrom(tiledModel({ ...shape, type }))

test.each(['f32', 'q8_0'] as const)('what %s is said to need is what it takes', async (type) => {
  const bytes = randomModel({ type, layers: 3, dim: 256, hiddenDim: 512, contextLength: 2048 })
  const need = memoryNeed(readGguf(bytes), 2000)
  const backend = await createWasmBackend()
  const held = (): number => {
    const probe = backend.floats(1)
    const { byteLength } = probe.view().buffer
    probe.free()
    return byteLength
  }
  const empty = held()
  using model = await openModel(bytes, { backend, contextLength: 2000 })
  // Memory grows in steps: there is some before, and some more than is in it after.
  const step = 2 ** 21
  const opened = held() - empty
  expect(opened).toBeGreaterThan(need.bytes.weights - step)
  expect(opened).toBeLessThan(need.bytes.weights + need.bytes.scratch + step)
  expect(need.bytesPerToken).toBe(model.bytesPerToken)
  using session = model.session()
  for (let i = 0; i < 1200; i++) session.prefill([65])
  const grown = held() - empty - opened
  // First fit puts some of the caches into room that smaller ones left.
  expect(grown).toBeLessThan(need.bytes.cache + need.bytes.scratch)
  expect(grown).toBeGreaterThan(need.cacheBytesPerToken)
  expect(need.cacheBytesPerToken).toBeCloseTo(3 * 2 * 2000 * 128 * 2 + 2000 * 64 * 4, -3)
  backend.dispose()
})

test('a model that fits is told with its speed, which is the roof times a share', async () => {
  const model = await header('q8_0')
  const { fits, needBytes, tokensPerSecond, why, contextLength } = canRun(model, device(8 * GB))
  expect(fits).toBe(true)
  expect(contextLength).toBe(4096)
  const weights = [...model.tensors.values()].reduce((sum, { size }) => sum + size, 0)
  expect(needBytes.weights / weights).toBeCloseTo(1, 3)
  // Keys and values of 8 heads of 64, f16, in 16 layers, and half of that while it grows.
  expect(needBytes.cache / (1.5 * 16 * 2 * 4096 * 512 * 2)).toBeCloseTo(1, 1)
  const { low, likely, high } = tokensPerSecond!
  expect(low).toBeLessThan(likely)
  expect(likely).toBeLessThan(high)
  const bytes = [...model.tensors.values()].reduce((sum, { rows, size }) => sum + (rows > 1 ? size : 0), 0)
  expect(high).toBeCloseTo((10 * GB * roofShares.q8_0.high) / bytes, 6)
  expect(canRun(model, { memoryBytes: 8 * GB, readGbPerSecond: 20 }).tokensPerSecond!.likely).toBeCloseTo(
    2 * likely,
    6,
  )
  expect(why).toMatch(
    /^needs 1\.\d GB with 4096 positions, of this device's memory WebAssembly can take 4\.3 GB: about \d/,
  )
})

test('a model that does not fit is told with what would', async () => {
  const why = async (
    type: 'q8_0' | 'f16' | 'q4_0',
    memory: number,
    contextLength?: number,
  ): Promise<string> => {
    const { fits, why } = canRun(await header(type), device(memory), { contextLength })
    expect(fits).toBe(false)
    return why
  }
  expect(await why('f16', 1.3 * GB, 1024)).toMatch(
    /^needs 2\.0 GB with 1024 positions, this device offers 1\.3 GB: try q8_0, or route the task to the cloud$/,
  )
  expect(await why('f16', 0.9 * GB, 512)).toMatch(/: try q\d_\w, or route/)
  expect(await why('q4_0', 0.2 * GB, 512)).toMatch(/offers 200 MB: try a smaller model, or route/)
  expect(await why('q8_0', 3 * GB, 131_072)).toMatch(
    /^needs \d\.\d GB with 131072 positions.*: try a context of 32768, or route/,
  )
})

test('a host that does not tell its memory is taken for WebAssembly’s own limit', async () => {
  const { fits, offerBytes, why } = canRun(await header('f16'), device(undefined))
  expect([fits, offerBytes]).toEqual([true, 2 ** 32])
  expect(why).toContain('this host does not tell its memory, and WebAssembly has 4.3 GB')
})

test('what the engine does not have does not fit, and why', () => {
  const metadata = new Map([['general.architecture', { type: 'string', value: 'mamba' } as const]])
  const odd = canRun(readGguf(randomModel({ metadata })), device(8 * GB))
  expect(odd).toMatchObject({ fits: false, tokensPerSecond: undefined, contextLength: 0 })
  expect(odd.why).toMatch(/architecture "mamba" is not supported/)
  expect(() => canRun(readGguf(randomModel()), device(GB), { contextLength: 257 })).toThrow(BadOptionError)
})

test('shares are shares, of every type', () => {
  expect(Object.keys(roofShares).sort()).toEqual(Object.keys(tensorTypes).sort())
  for (const { low, likely, high } of Object.values(roofShares)) {
    expect(0 < low && low <= likely && likely <= high && high <= 1).toBe(true)
  }
})

test('what hosts tell of their memory', () => {
  expect(offeredMemory({ navigator: { deviceMemory: 8 } })).toBe(4 * 2 ** 30)
  expect(offeredMemory({ process: { availableMemory: () => 1000 } })).toBe(900)
  expect(offeredMemory({})).toBeUndefined()
  expect(offeredMemory()).toBeGreaterThan(0)
})
