/**
 * Attention alone over a cache in f16, as a token of a model or a chunk of a prompt asks for it: all layers, each with a cache of
 * its own, so that they come from memory as in decoding. Lower quartile and fastest of the rounds; the share is of what the host
 * reads from memory on one thread. Right is what the conformance suite says of the same kernels.
 *   cd bench && npm run lab:attention -- [--context=512,2048,8192] [--tokens=1] [--threads=1,2] [--ms=1500]
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { createWasmBackend } from '../../packages/engine/src/backend/wasm/backend.ts'
import { measureReadBandwidth } from '../../packages/engine/src/index.ts'

const { values } = parseArgs({
  options: {
    context: { type: 'string', default: '512,2048,8192' },
    tokens: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1,2' },
    ms: { type: 'string', default: '1500' },
  },
})
const numbers = (text: string): number[] => text.split(',').map(Number)

const models = [
  { name: 'SmolLM2-135M', layers: 30, heads: 9, kvHeads: 3, headDim: 64 },
  { name: 'Llama-3.2-1B', layers: 16, heads: 32, kvHeads: 8, headDim: 64 },
  { name: 'Qwen3-0.6B', layers: 28, heads: 16, kvHeads: 8, headDim: 128 },
  { name: 'Gemma-3-270M', layers: 18, heads: 4, kvHeads: 1, headDim: 256, window: 512, everyNth: 6 },
]

const { gbPerSecond: roof } = measureReadBandwidth()
console.log(
  '| model | context | tokens | threads | ms, lower quartile | fastest | 10^9 products/s | GB/s | of reading |',
)
console.log('|---|---|---|---|---|---|---|---|---|')
for (const model of models) {
  for (const context of numbers(values.context)) {
    for (const tokens of numbers(values.tokens)) {
      for (const threads of numbers(values.threads)) await time(model, context, tokens, threads)
    }
  }
}
console.log(`\nReading: ${roof.toFixed(1)} GB/s. Load before the last minute: ${loadavg()[0]!.toFixed(1)}.`)

async function time(
  model: (typeof models)[number],
  context: number,
  tokens: number,
  threads: number,
): Promise<void> {
  const { name, layers, heads, kvHeads, headDim, window = 0, everyNth = 1 } = model
  const backend = await createWasmBackend({ threads })
  const bytes = new Uint8Array(4 * kvHeads * headDim * context)
  // Halves of 0.13 to 1.
  new Uint16Array(bytes.buffer).forEach((_, i, all) => {
    all[i] = 0x3000 + ((i * 7919) & 0x83ff) + ((i * 31) & 0x0800)
  })
  const caches = Array.from({ length: layers }, () => backend.layerCache(context, model))
  for (const cache of caches) cache.write(0, bytes, context)
  const width = heads * headDim
  const [out, q] = [backend.floats(tokens * width), backend.floats(tokens * width)]
  q.view().forEach((_, i, all) => {
    all[i] = Math.sin(i)
  })
  let seen = 0
  const run = (): number => {
    const began = performance.now()
    seen = 0
    caches.forEach((cache, layer) => {
      const isLocal = window > 0 && layer % everyNth < everyNth - 1
      const start = context - tokens
      const scale = 1 / Math.sqrt(headDim)
      const shape = { n: tokens, start, heads, kvHeads, headDim, scale, causal: true, softcap: 0 }
      backend.attention(out, q, cache, { ...shape, window: isLocal ? window : 0 })
      seen += isLocal ? Math.min(context, window + tokens - 1) : context
    })
    return performance.now() - began
  }
  // Workers start and kernels are compiled to the end while nobody looks.
  for (let i = 0; i < 5; i++) {
    run()
    await new Promise((done) => setTimeout(done, 40))
  }
  const end = performance.now() + Number(values.ms)
  const times: number[] = []
  while (performance.now() < end || times.length < 8) times.push(run())
  times.sort((a, b) => a - b)
  backend.dispose()
  const quartile = times[times.length >> 2]!
  // Each token sees half of the others of its chunk, and all before it.
  const products = 2 * width * tokens * (seen - (layers * (tokens - 1)) / 2)
  const speed = (4 * kvHeads * headDim * seen) / quartile / 1e6
  const cells = [
    ...[name, context, tokens, threads, quartile.toFixed(2), times[0]!.toFixed(2)],
    (products / quartile / 1e6).toFixed(1),
    ...(tokens === 1 ? [speed.toFixed(1), `${((100 * speed) / roof).toFixed(0)} %`] : ['', '']),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
