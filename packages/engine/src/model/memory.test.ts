/** Who holds memory when: nothing is left behind by a model, a session or an opening that failed. */
import { expect, test } from 'vitest'
import type { Floats, LayerCache, Weight } from '../backend/backend.ts'
import { ReferenceBackend } from '../backend/reference.ts'
import { createWasmBackend } from '../backend/wasm/backend.ts'
import { BackendUnavailableError, OutOfMemoryError } from '../errors.ts'
import type { TensorType } from '../gguf/types.ts'
import { disposable } from '../testing/disposable.ts'
import { randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

const prompt = Array.from({ length: 75 }, (_, i) => (i * 37 + 11) % 270)

const wasm = await createWasmBackend().then(
  (backend) => backend,
  (error: unknown) => {
    if (error instanceof BackendUnavailableError) return undefined
    throw error
  },
)
wasm?.dispose()

type Part = Floats | Weight | LayerCache

/** Knows which of its floats and weights are in use, and gives out `limit` at most. */
class CountingBackend extends ReferenceBackend {
  readonly live = new Set<Part>()
  limit = Number.POSITIVE_INFINITY
  override floats(length: number): Floats {
    return this.#count(super.floats(length))
  }
  override weight(type: TensorType, rows: number, cols: number): Weight {
    return this.#count(super.weight(type, rows, cols))
  }
  override layerCache(...args: Parameters<ReferenceBackend['layerCache']>): LayerCache {
    return this.#count(super.layerCache(...args))
  }
  #count<T extends Part>(part: T): T {
    if (this.live.size >= this.limit) throw new OutOfMemoryError('the limit of this test')
    this.live.add(part)
    const free = part.free.bind(part)
    part.free = () => {
      this.live.delete(part)
      free()
    }
    return part
  }
}

test.each([true, false])(
  'a backend passed in gets everything back, in any order of disposal; tied: %s',
  async (tied) => {
    const backend = new CountingBackend()
    const before = await openModel(randomModel({ tied }), { backend })
    const parts = backend.live.size
    const session = before.session()
    expect(backend.live.size).toBeGreaterThan(parts)
    before[Symbol.dispose]()
    session[Symbol.dispose]()
    expect(backend.live.size).toBe(0)
    // However far an opening comes before it fails, and with a session on top.
    for (backend.limit = 0; backend.limit < parts; backend.limit++) {
      await expect(openModel(randomModel({ tied }), { backend })).rejects.toThrow(OutOfMemoryError)
      expect(backend.live.size).toBe(0)
    }
    using model = await openModel(randomModel({ tied }), { backend })
    backend.limit = parts + 2
    expect(() => model.session()).toThrow(OutOfMemoryError)
    expect(backend.live.size).toBe(parts)
    await expect(
      openModel(randomModel({ metadata: new Map([['llama.block_count', { type: 'uint32', value: 3 }]]) }), {
        backend: Object.assign(backend, { limit: Number.POSITIVE_INFINITY }),
      }),
    ).rejects.toThrow(/blk.2.attn_norm.weight is missing/)
    expect(backend.live.size).toBe(parts)
  },
)

test.skipIf(!wasm)(
  'models opened one after the other on one wasm backend take the memory of one',
  async () => {
    using backend = disposable(await createWasmBackend())
    const bytes = randomModel()
    const sizeAfterOne = async (): Promise<number> => {
      const model = await openModel(bytes, { backend: backend.backend })
      using session = model.session()
      session.forward(prompt)
      model[Symbol.dispose]()
      return model.backend.floats(1).view().buffer.byteLength
    }
    const size = await sizeAfterOne()
    for (let i = 0; i < 8; i++) await sizeAfterOne()
    expect(await sizeAfterOne()).toBe(size)
  },
)

test('encoding keeps room for keys and values until the model goes, and one that finds none leaves none behind', async () => {
  const backend = new CountingBackend()
  const model = await openModel(randomModel(), { backend })
  const parts = backend.live.size
  backend.limit = parts + 1
  expect(() => model.encode([1, 2], [0])).toThrow(OutOfMemoryError)
  expect(backend.live.size).toBe(parts)
  backend.limit = Number.POSITIVE_INFINITY
  model.encode([1, 2], [0])
  const held = backend.live.size
  expect(held).toBeGreaterThan(parts)
  model.encode([3], [0])
  expect(backend.live.size).toBe(held)
  model[Symbol.dispose]()
  expect(backend.live.size).toBe(0)
})
