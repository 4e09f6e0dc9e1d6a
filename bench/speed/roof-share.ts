/**
 * How much of the read bandwidth decoding gets, for each type of weights: the figures `canRun` predicts speed from.
 * A model of one type throughout, greedy tokens on one thread; bandwidth of one thread over a buffer as large as the model's
 * bytes a token, measured between the rounds.
 *   node --conditions=edgewise-source bench/speed/roof-share.ts
 * Run it on a machine that does nothing else: the line under the table tells the load it saw.
 */
import { cpus, loadavg } from 'node:os'
import {
  generate,
  type Model,
  measureReadBandwidth,
  openModel,
  type TensorType,
  tensorTypes,
} from '../../packages/engine/src/index.ts'
import { tiledModel } from '../../packages/engine/src/testing/tiled-model.ts'

const rounds = 9
const count = 12
/** Four layers of Llama 3.2 1B, 243 million weights a token: more bytes than caches hold, in every type. */
const shape = { layers: 4, dim: 2048, hiddenDim: 8192, heads: 32, kvHeads: 8 }

const before = loadavg()[0]!
console.log('| type | MB a token | tokens/s | GB/s read | roof, GB/s | share of the roof |')
console.log('|---|---|---|---|---|---|')
for (const type of Object.keys(tensorTypes) as TensorType[]) {
  using model = await openModel(tiledModel({ ...shape, type }), { backend: 'wasm', threads: 1 })
  await speed(model)
  const shares: { tokens: number; share: number; roof: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const roof = measureReadBandwidth({ bytes: model.bytesPerToken }).gbPerSecond
    const tokens = await speed(model)
    shares.push({ tokens, roof, share: (tokens * model.bytesPerToken) / 1e9 / roof })
  }
  const tokens = median(shares.map((one) => one.tokens))
  const cells = [
    type,
    (model.bytesPerToken / 1e6).toFixed(1),
    tokens.toFixed(1),
    ((tokens * model.bytesPerToken) / 1e9).toFixed(2),
    median(shares.map((one) => one.roof)).toFixed(1),
    quartiles(shares.map((one) => one.share)),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
console.log(`
${rounds} rounds of ${count} greedy tokens, median (a quarter is below, a quarter above), one thread. ${cpus()[0]?.model}, Node
${process.versions.node}. Load average ${before.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after.`)

/** Tokens a second. */
async function speed(model: Model): Promise<number> {
  const tokens = generate(model, [70, 105, 262, 90], {
    maxTokens: count,
    temperature: 0,
    stopTokens: [],
    draft: false,
  })
  let step = await tokens.next()
  while (!step.done) step = await tokens.next()
  return ((count - 1) * 1000) / step.value.decodeMs
}

function quartiles(shares: number[]): string {
  const at = (share: number): string =>
    percent(shares.sort((a, b) => a - b)[Math.floor(shares.length * share)]!)
  return `${at(0.5)} (${at(0.25)} to ${at(0.75)})`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}
