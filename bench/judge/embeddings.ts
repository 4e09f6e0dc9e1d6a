/**
 * llama.cpp as the judge of the engine's embeddings and of its most probable tokens: families of real widths in a few types, both
 * poolings, and the embedded model on texts. Beside ours stands the distance of the two backends of ours, which is rounding alone.
 *
 * Vectors are compared by the angle between them: what is left of two right ones is the order of sums, and activations
 * rounded to eight bits that fell to the other side (judge.ts tells more). The exit status is 1 when a cosine is below `least`,
 * or a log-probability, a margin or the order of the most probable tokens is further off than that rounding takes them.
 *   cd bench && npm install --no-save && npm run judge:embeddings
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { embed, generate, type Model, openModel, type Pooling } from '../../packages/engine/src/index.ts'
import { type LlamaModel, loadLlama, openLlama } from '../peers/llama-c.ts'
import { fileOf, longPrompt, promptOf, shapes, shortPrompt } from './cases.ts'
import { deviation } from './compare.ts'

/** 1 - cosine of two right vectors, in the coarsest type: the angle that judge.ts allows logits, squared and halved. */
const least = 0.9995
/** Of a log-probability, as a share of its row's spread: what judge.ts allows a single logit of quantised weights. */
const most = 0.3
const count = 32
const texts = [
  'Where is my new card?',
  'I have been waiting two weeks for my card, can you tell me when it will arrive?',
  'Größe: 你好, "quoted" text\n\n* a list',
]

const { version, cpuLibrary } = loadLlama()
const mini = fileURLToPath(new URL('../../models/mini/edgewise-mini.gguf', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-embeddings-'))
let failures = 0
try {
  console.log('| model | type | mean: 1 - cosine | last | reference: mean | last | logprob | margin |')
  console.log('|---|---|---|---|---|---|---|---|')
  for (const shape of shapes) {
    for (const type of ['f16', 'q8_0', 'q4_k_m'] as const) {
      const inputs = [promptOf(shape, shortPrompt), promptOf(shape, longPrompt(shape))]
      await judge(`${shape.family}, ${shape.layers} layers`, type, fileOf(folder, shape, type), () => inputs)
    }
  }
  await judge('edgewise-mini', 'q8_0', mini, (llama) =>
    texts.map((text) => llama.tokenize(text, { add: true })),
  )
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`
1 - cosine to ${version}'s vector, the largest of the inputs; logprob and margin: the largest difference of the 5 most probable
tokens' log-probabilities, and of the margin, as a share of the spread (standard deviation) of their row, over ${count} greedy tokens. ${cpuLibrary}; Node ${process.versions.node}, ${cpus()[0]?.model}.`)
if (failures > 0) console.log(`${failures} differences are larger than allowed.`)
process.exitCode = failures > 0 ? 1 : 0

async function judge(
  name: string,
  type: string,
  path: string,
  inputsOf: (llama: LlamaModel) => readonly (readonly number[])[],
): Promise<void> {
  using llama = openLlama(path)
  const inputs = inputsOf(llama)
  const cells: string[] = []
  using model = await openModel(readFileSync(path), { backend: 'wasm' })
  using slow = await openModel(readFileSync(path), { backend: 'reference' })
  for (const ours of [model, slow]) {
    for (const pooling of ['mean', 'last'] as const) cells.push(await vectors(llama, ours, inputs, pooling))
  }
  cells.push(...(await tokens(llama, model, inputs[0]!)))
  console.log(`| ${[name, type, ...cells].join(' | ')} |`)
}

async function vectors(
  llama: LlamaModel,
  model: Model,
  inputs: readonly (readonly number[])[],
  pooling: Pooling,
): Promise<string> {
  const batch = Math.max(...inputs.map(({ length }) => length))
  using context = llama.context({ contextLength: batch, batch, threads: 2, cache: 'f16', pooling })
  // The slow backend is spared the long ones.
  const asked = model.backend.name === 'wasm' ? inputs : inputs.slice(0, 1)
  const ours = await embed(model, asked, { pooling })
  const off = asked.map((input, i) => 1 - cosine(context.embedding(input), ours[i]!))
  return verdict(Math.max(...off), 1 - least)
}

/** The judge's greedy tokens, their best ones by its logits and by ours as we tell of them. */
async function tokens(llama: LlamaModel, model: Model, prompt: readonly number[]): Promise<string[]> {
  const contextLength = prompt.length + count
  using context = llama.context({ contextLength, threads: 2, cache: 'f16' })
  const { ids, logits } = context.greedy(prompt, count)
  using session = model.session()
  let [logprob, margin] = [0, 0]
  for (const [i, row] of logits.entries()) {
    const asked = [...prompt, ...ids.slice(0, i)]
    const { value } = await generate(session, asked, { maxTokens: 1, topLogprobs: 5 }).next()
    if (value === undefined || !('top' in value)) throw new Error('there is no token')
    const top = Math.max(...row)
    const logSum = top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0))
    const [first, second] = row.toSorted((a, b) => b - a)
    const spread = deviation(row)
    margin = Math.max(margin, Math.abs(value.margin - (first! - second!)) / spread)
    for (const token of value.top!) {
      logprob = Math.max(logprob, Math.abs(token.logprob - (row[token.id]! - logSum)) / spread)
    }
  }
  return [verdict(logprob, most), verdict(margin, most)]
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function verdict(value: number, allowed: number): string {
  const shown = value.toExponential(1)
  // A NaN must not pass as small.
  if (value <= allowed) return shown
  failures++
  return `**${shown}**`
}
