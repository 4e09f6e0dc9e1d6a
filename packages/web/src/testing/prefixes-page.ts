/** What the test of kept prefixes runs in Chromium: a prompt on a random model, beginning with what the page has kept. */
import { generate, openModel, opfsStore, PrefixCache, StoredPrefixes } from '@edgewise/engine'
import { randomModel } from '../../../engine/src/testing/random-model.ts'

export interface PrefixesFound {
  /** What loading said of each file. */
  readonly loaded: readonly (number | string)[]
  readonly cachedTokens: number
  readonly ids: readonly number[]
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
}

/** `damage`: changes a byte of every file first. */
async function tryPrefixes(damage = false): Promise<PrefixesFound> {
  using model = await openModel(randomModel({ seed: 4, type: 'q4_k', dim: 256, hiddenDim: 256 }))
  const store = await opfsStore()
  if (damage) {
    for (const { name } of await store.list()) {
      const bytes = (await store.read(name))!
      bytes[bytes.length >> 1]! ^= 1
      await store.write(name, bytes)
    }
  }
  const cache = new PrefixCache(model)
  const stored = new StoredPrefixes(cache, store)
  const loaded = (await stored.load()).map(({ result }) => result)
  const system = Array.from({ length: 60 }, (_, i) => 65 + (i % 20))
  const ids: number[] = []
  const stream = generate(cache, [...system, 70, 71], { maxTokens: 6, stopTokens: [] })
  for (;;) {
    const { done, value } = await stream.next()
    if (done) {
      await stored.keep(system)
      const files = (await store.list()).map(({ name, bytes }) => ({ name, bytes }))
      return { loaded, cachedTokens: value.cachedTokens, ids, files }
    }
    ids.push(value.id)
  }
}

Object.assign(globalThis, { tryPrefixes })
