/**
 * Decoding speed of one thread, interleaved in one run: Edgewise in Node, and llama.cpp through node-llama-cpp (whose own
 * cost per token is in the figure, as it is for anybody who uses it from JavaScript), on the same files.
 * Prints medians with the spread, bytes read a second and the share of the read bandwidth measured between the rounds.
 *   cd bench && npm install --no-save && npm run decode
 * Run it on a machine that does nothing else: the line under the table tells the load it saw.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate, type Model, measureReadBandwidth, openModel } from '../../packages/engine/src/index.ts'
import { randomModel } from '../../packages/engine/src/testing/random-model.ts'
import { type Judge, openJudge } from '../peers/llama-cpp.ts'

const rounds = 7
const count = 128
const prompt = [70, 105, 262, 90, 33, 200, 41]
/** SmolLM2-135M without its vocabulary: random weights, the shapes of its layers. */
const smol = { layers: 30, dim: 576, hiddenDim: 1536, heads: 9, kvHeads: 3 }

const files = [
  { label: 'edgewise-mini, q8_0', bytes: () => readFileSync(mini) },
  ...(['q8_0', 'q4_0'] as const).map((type) => ({
    label: `layers of SmolLM2-135M, ${type}`,
    bytes: () => randomModel({ ...smol, type }),
  })),
]
const mini = fileURLToPath(new URL('../../models/mini/edgewise-mini.gguf', import.meta.url))

const before = loadavg()[0]!
const folder = mkdtempSync(join(tmpdir(), 'edgewise-bench-'))
console.log(
  '| file | MB a token | Edgewise, tokens/s | llama.cpp, tokens/s | ratio | Edgewise, GB/s | of the read roof |',
)
console.log('|---|---|---|---|---|---|---|')
let version = ''
for (const { label, bytes } of files) {
  const path = join(folder, 'model.gguf')
  const content = bytes()
  writeFileSync(path, content)
  await using judge = await openJudge(path, 256)
  version = judge.version
  using model = await openModel(content)
  await ours(model)
  await theirs(judge)
  const speeds: { ours: number; theirs: number; roof: number }[] = []
  for (let round = 0; round < rounds; round++) {
    speeds.push({ roof: readSpeed(model), ours: await ours(model), theirs: await theirs(judge) })
  }
  const gb = median(speeds.map((one) => one.ours)) * model.bytesPerToken * 1e-9
  const roof = median(speeds.map((one) => one.roof))
  const ratio = median(speeds.map((one) => one.ours / one.theirs))
  const cells = [
    label,
    (model.bytesPerToken / 1e6).toFixed(1),
    spread(speeds.map((one) => one.ours)),
    spread(speeds.map((one) => one.theirs)),
    ratio.toFixed(2),
    gb.toFixed(1),
    `${((100 * gb) / roof).toFixed(0)} % of ${roof.toFixed(1)}`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
rmSync(folder, { recursive: true })
console.log(`
${rounds} interleaved rounds of ${count} greedy tokens, median (least to most), one thread each. ${cpus()[0]?.model}, Node
${process.versions.node}, ${version}. Load average ${before.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after.`)

async function ours(model: Model): Promise<number> {
  const tokens = generate(model, prompt, { maxTokens: count, temperature: 0, stopTokens: [] })
  let step = await tokens.next()
  while (!step.done) step = await tokens.next()
  return ((count - 1) * 1000) / step.value.decodeMs
}

async function theirs(judge: Judge): Promise<number> {
  const { ids, decodeMs } = await judge.timed(prompt, count)
  return ((ids - 1) * 1000) / decodeMs
}

/** Read bandwidth at the model's own size, so that a model that fits a cache is held to the cache's speed. */
function readSpeed(model: Model): number {
  return measureReadBandwidth({ bytes: model.bytesPerToken, passes: 15 }).gbPerSecond
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

function spread(values: readonly number[]): string {
  const whole = (value: number) => value.toFixed(value < 100 ? 1 : 0)
  return `${whole(median(values))} (${whole(Math.min(...values))}-${whole(Math.max(...values))})`
}
