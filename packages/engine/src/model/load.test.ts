/** Loading from a source: in pieces, with progress, and with nothing left behind when it is stopped or fails. */
import { expect, test } from 'vitest'
import { ReferenceBackend } from '../backend/reference.ts'
import { createWasmBackend } from '../backend/wasm/backend.ts'
import { BackendUnavailableError } from '../errors.ts'
import type { ByteSource } from '../source/source.ts'
import { randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

/** 11 MB: three pieces, the embedding in two of them. */
const file = randomModel({ dim: 1024, hiddenDim: 1536, layers: 1, heads: 8, kvHeads: 2, type: 'q8_0' })

/** The file behind reads that take a turn of the event loop, seen one by one. */
function watched(before: (read: number, into: Uint8Array, at: number) => void = () => {}) {
  const seen = { reads: 0, open: 0, mostOpen: 0, largest: 0, bytes: 0 }
  const source: ByteSource = {
    name: 'watched',
    size: file.length,
    async read(into, at) {
      seen.reads++
      seen.open++
      seen.mostOpen = Math.max(seen.mostOpen, seen.open)
      seen.largest = Math.max(seen.largest, into.length)
      seen.bytes += into.length
      try {
        before(seen.reads, into, at)
        await new Promise((resolve) => setTimeout(resolve, 1))
        into.set(file.subarray(at, at + into.length))
      } finally {
        seen.open--
      }
    },
  }
  return { seen, source }
}

const logitsOf = async (from: Uint8Array | ByteSource): Promise<Float32Array> => {
  using model = await openModel(from, { backend: 'reference' })
  using session = model.session()
  return session.forward([70, 71, 72])
}

test('pieces in any order give the same model as the whole file in memory', async () => {
  const { seen, source } = watched()
  expect(await logitsOf(source)).toEqual(await logitsOf(file))
  expect(seen.mostOpen).toBeGreaterThan(1)
  expect(seen.mostOpen).toBeLessThanOrEqual(4)
  expect(seen.largest).toBeLessThanOrEqual(4 * 2 ** 20)
  // The header's window and each tensor once.
  expect(seen.bytes).toBeLessThan(file.length + 2 ** 20 + 1)
})

test('progress only grows and ends at the whole', async () => {
  const steps: [number, number][] = []
  using model = await openModel(watched().source, {
    backend: 'reference',
    onProgress: (loaded, total) => steps.push([loaded, total]),
  })
  const [last, total] = steps.at(-1)!
  expect(last).toBe(total)
  expect(total).toBeGreaterThan(model.bytesPerToken)
  expect(steps.length).toBeGreaterThan(3)
  for (let i = 1; i < steps.length; i++) expect(steps[i]![0]).toBeGreaterThan(steps[i - 1]![0])
})

test('a source that fails in the middle, and a load that is stopped, leave nothing behind', async () => {
  const held = async (): Promise<number> => {
    // What the backend can still give out tells what it holds.
    using model = await openModel(file, { backend })
    return model.backend.floats(1).view().buffer.byteLength
  }
  const backend = await createWasmBackend().catch((error: unknown) => {
    if (error instanceof BackendUnavailableError) return new ReferenceBackend()
    throw error
  })
  const once = await held()
  for (let read = 2; read <= 6; read++) {
    const lost = new Error('the cable was pulled')
    const { seen, source } = watched((number) => {
      if (number === read) throw lost
    })
    await expect(openModel(source, { backend })).rejects.toBe(lost)
    expect(seen.open).toBe(0)

    const stop = new AbortController()
    const reason = new Error('stopped by the user')
    const stopped = watched((number) => number === read && stop.abort(reason))
    await expect(openModel(stopped.source, { backend, signal: stop.signal })).rejects.toBe(reason)
    expect(stopped.seen.open).toBe(0)
  }
  expect(await held()).toBe(once)
  await expect(openModel(file, { backend, signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow(
    'early',
  )
  backend.dispose()
})
