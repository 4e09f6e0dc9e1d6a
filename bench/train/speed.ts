/**
 * How fast models of the embedded model's shapes are trained: tokens a second, and useful operations a second and thread.
 *   cd bench && npm run train:speed -- [--threads=1,2] [--seconds=4] [--batch=2048]
 * Useful operations are 6 a weight and token and those of attention (packages/student/src/train/flops.ts): what is computed again does not
 * count. By the clock, and by the time the process had a core: on a machine with other work only the second says something, and it is told
 * for one thread, because threads that wait spin. All shapes have the embedded model's vocabulary, and every token counts.
 */
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../packages/engine/src/index.ts'
import { detectDot, LinearMemory, ThreadPool } from '../../packages/engine/src/wasm.ts'
import { Products } from '../../packages/student/src/kernels/multiply.ts'
import { packedFloats } from '../../packages/student/src/kernels/pack.ts'
import { freshModel } from '../../packages/student/src/train/fresh.ts'
import { train } from '../../packages/student/src/train/train.ts'

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1,2' },
    seconds: { type: 'string', default: '4' },
    batch: { type: 'string', default: '2048' },
  },
})
const tokenizer = readFileSync(new URL('../../models/mini/edgewise-mini.gguf', import.meta.url))
const shapes = [
  { layers: 4, dim: 192, hiddenDim: 512, heads: 6, kvHeads: 2 },
  { layers: 5, dim: 256, hiddenDim: 704, heads: 8, kvHeads: 2 },
  { layers: 6, dim: 320, hiddenDim: 1024, heads: 10, kvHeads: 2 },
  { layers: 8, dim: 384, hiddenDim: 1024, heads: 6, kvHeads: 6 },
]
const random = seededRandom(1)
const sequences = Array.from({ length: 4000 }, () => {
  const ids = Array.from({ length: 20 + Math.floor(100 * random()) }, () => Math.floor(3000 * random()))
  return { ids, weights: ids.map(() => 1) }
})

console.log('| layers | dim | ffn | parameters | threads | tokens/s | GFLOP/s | a thread | of a core |')
console.log('|---|---|---|---|---|---|---|---|---|')
for (const shape of shapes) {
  for (const threads of values.threads.split(',').map(Number)) {
    const model = await freshModel({ ...shape, contextLength: 256, name: 'speed' }, 1, tokenizer)
    const limit = new AbortController()
    const counted = { tokens: 0, flops: 0, seconds: 0, core: 0 }
    let began = process.cpuUsage()
    const ended = train(model, sequences, {
      ...{ epochs: 9, batchTokens: Number(values.batch), rate: 1e-3, seed: 1, threads, signal: limit.signal },
      onStep: ({ step, tokens, flops, seconds }) => {
        const { user, system } = process.cpuUsage(began)
        began = process.cpuUsage()
        // The first steps are compiled while they run.
        if (step < 3) return
        counted.tokens += tokens
        counted.flops += flops
        counted.seconds += seconds
        counted.core += (user + system) / 1e6
        if (counted.seconds >= Number(values.seconds)) limit.abort(new Error('enough'))
      },
    })
    await ended.catch((error: Error) => {
      if (error.message !== 'enough') throw error
    })
    const { tokens, flops, seconds, core } = counted
    const rate = flops / seconds / 1e9
    const cells = [
      shape.layers,
      shape.dim,
      shape.hiddenDim,
      `${(model.parameters / 1e6).toFixed(1)} M`,
      threads,
    ]
    const speeds = [(tokens / seconds).toFixed(0), rate.toFixed(1), (rate / threads).toFixed(1)]
    console.log(
      `| ${[...cells, ...speeds, threads === 1 ? (flops / core / 1e9).toFixed(1) : ''].join(' | ')} |`,
    )
  }
}
console.log(`\nProducts alone, one thread: ${productSpeed().toFixed(1)} GFLOP/s of a core.`)
console.log(
  `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.versions.node}; load ${loadavg()[0]!.toFixed(1)}`,
)

/** The best of some runs of [768, 512] x [512, 512], packing included, by the time the process had a core. */
function productSpeed(): number {
  const [m, n, k] = [768, 512, 512]
  const memory = new LinearMemory()
  const products = new Products(new ThreadPool(memory, 1), memory, detectDot() !== 'simd128')
  const place = (count: number): number => memory.allocate(4 * count + 65_536, true)
  const [a, w, c] = [m * k, n * k, m * n].map((count, i) => ({ at: place(count), ld: [k, k, n][i]! }))
  const packed = place(packedFloats(n, k))
  let best = 0
  for (let run = 0; run < 10; run++) {
    const began = process.cpuUsage()
    for (let i = 0; i < 10; i++)
      products.multiply(c!, a!, products.packTransposed(packed, w!, n, k), m, false)
    const { user, system } = process.cpuUsage(began)
    best = Math.max(best, (20 * m * n * k) / (user + system) / 1e3)
  }
  return best
}
