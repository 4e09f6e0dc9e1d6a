/**
 * The time to draw one token from logits: as it is, and as it was, when all logits were sorted. Logits are random with the
 * peaks of a language model's: normal, and a few dozen tokens far above. The mask allows every second token.
 *   cd bench && node --conditions=edgewise-source constrain/sampler.ts
 * Run it on a machine that does nothing else: the line under the table tells the load it saw.
 */
import { cpus, loadavg } from 'node:os'
import { createSampler, type SamplingOptions, seededRandom } from '../../packages/engine/src/index.ts'

const draws = 60
const before = loadavg()[0]!
const cases: readonly (readonly [string, SamplingOptions, ('masked' | undefined)?])[] = [
  ['greedy', {}],
  ['greedy, masked', {}, 'masked'],
  ['temperature 1', { temperature: 1 }],
  ['top-k 40', { temperature: 1, topK: 40 }],
  ['top-p 0.95', { temperature: 1, topP: 0.95 }],
  ['top-k 40, top-p 0.95', { temperature: 1, topK: 40, topP: 0.95 }],
  ['top-k 40, top-p 0.95, masked', { temperature: 1, topK: 40, topP: 0.95 }, 'masked'],
]

console.log(
  '| sampling | 49,152 tokens, ms | sorting | 128,256 tokens, ms | sorting |\n|---|---|---|---|---|',
)
for (const [name, options, masked] of cases) {
  const cells = [49_152, 128_256].flatMap((size) => {
    const logits = randomLogits(size)
    const mask = masked && new Uint32Array((size + 31) >>> 5).fill(0x55555555)
    const sample = createSampler({ ...options, seed: 1 })
    const now = median(() => sample(logits, [], mask))
    const then = masked || !options.temperature ? '' : median(() => drawBySorting(logits, options)).toFixed(2)
    return [now.toFixed(2), then]
  })
  console.log(`| ${[name, ...cells].join(' | ')} |`)
}
console.log(`
Median of ${draws} draws. ${cpus()[0]?.model}, Node ${process.versions.node}. Load average ${before.toFixed(2)} before,
${loadavg()[0]!.toFixed(2)} after.`)

function randomLogits(size: number): Float32Array {
  const random = seededRandom(size)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Float32Array.from({ length: size }, () => (random() < 50 / size ? 14 : 0) + 2 * normal())
}

function median(run: () => unknown): number {
  const times = Array.from({ length: draws }, () => {
    const started = performance.now()
    run()
    return performance.now() - started
  })
  return times.sort((a, b) => a - b)[draws >> 1]!
}

/** The whole of what the sampler did: the border by a sorted copy, the nucleus by sorted ids, the logprob of all. */
function drawBySorting(logits: Float32Array, { topK = logits.length, topP = 1 }: SamplingOptions): number {
  let best = 0
  for (let id = 0; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id
  const top = logits[best]!
  const border =
    topK < logits.length ? logits.slice().sort()[logits.length - topK]! : Number.NEGATIVE_INFINITY
  let ids: number[] = []
  for (let id = 0; id < logits.length; id++) if (logits[id]! >= border) ids.push(id)
  if (topP < 1) {
    const weights = Float64Array.from(ids, (id) => Math.exp(logits[id]! - top))
    const total = weights.reduce((a, b) => a + b)
    const floor = ((1 - topP) * total) / ids.length
    ids = ids.filter((_, i) => weights[i]! >= floor).sort((a, b) => logits[b]! - logits[a]! || a - b)
    let sum = 0
    ids = ids.slice(0, ids.findIndex((id) => (sum += Math.exp(logits[id]! - top)) >= topP * total) + 1)
  }
  const weights = Float64Array.from(ids, (id) => Math.exp(logits[id]! - top))
  let left = 0.5 * weights.reduce((a, b) => a + b)
  const drawn = ids[weights.findIndex((weight) => (left -= weight) < 0)]!
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - top)
  return logits[drawn]! - top - Math.log(sum)
}
