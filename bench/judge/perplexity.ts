/**
 * What the cache in f16 costs: the perplexity of a text by the engine, and by llama.cpp with its cache in f32, in f16, and in
 * f16 with flash attention, its default. Same file, same tokens, each seeing all before it in its context.
 * Beside the perplexity stands how far a token's log-likelihood is from llama.cpp's with f32, on average (with the standard error
 * of that average: what is within two of them is no difference) and as a typical distance.
 *   cd bench && npm install --no-save && npm run perplexity -- model.gguf text.txt [--tokens=2048] [--context=2048]
 */
import { openAsBlob, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openModel } from '../../packages/engine/src/index.ts'
import { type ContextOptions, loadLlama, openLlama } from '../peers/llama-c.ts'

/** Tokens whose logits are held at once. */
const PIECE = 64

const { values, positionals } = parseArgs({
  options: {
    tokens: { type: 'string', default: '2048' },
    context: { type: 'string', default: '2048' },
  },
  allowPositionals: true,
})
const [path, textPath] = positionals
const [count, contextLength] = [Number(values.tokens), Number(values.context)]
if (path === undefined || textPath === undefined || !(count > 1 && contextLength > 1)) {
  console.error('usage: npm run perplexity -- model.gguf text.txt [--tokens=2048] [--context=2048]')
  process.exit(2)
}

interface Engine {
  clear(): void
  forward(tokens: readonly number[], every: boolean): Float32Array
}

const { version, cpuLibrary } = loadLlama()
using llama = openLlama(path)
using model = await openModel(await openAsBlob(path))
const tokens = model.tokenizer.encodePrompt(readFileSync(textPath, 'utf8')).slice(0, count)

const ours = ((): number[] => {
  using session = model.session()
  return likelihoods({
    clear: () => session.rewind(0),
    forward: (part, every) => session.forward(part, every),
  })
})()
const peers: readonly (readonly [string, ContextOptions])[] = [
  ['llama.cpp, cache f32', { cache: 'f32' }],
  ['llama.cpp, cache f16', { cache: 'f16' }],
  ['llama.cpp, cache f16, flash attention', { cache: 'f16', flashAttention: true }],
]
const rows: (readonly [string, number[]])[] = [['Edgewise', ours]]
for (const [name, options] of peers) {
  using context = llama.context({ contextLength, threads: 2, ...options })
  rows.push([name, likelihoods(context)])
}

const judged = rows[1]![1]
console.log('| engine | perplexity | nats a token from f32, mean | typical |')
console.log('|---|---|---|---|')
for (const [name, found] of rows) {
  const apart = found.map((value, i) => value - judged[i]!)
  const mean = average(apart)
  const error = Math.sqrt(average(apart.map((d) => (d - mean) ** 2)) / apart.length)
  const distance = average(apart.map(Math.abs))
  const perplexity = Math.exp(-average(found))
  console.log(
    `| ${name} | ${perplexity.toFixed(4)} | ${mean.toExponential(1)} ± ${error.toExponential(1)} | ${distance.toExponential(1)} |`,
  )
}
console.log(`
${judged.length} tokens of a text in contexts of ${contextLength}. ${model.name}, ${version}, ${cpuLibrary}; ours: cache f16,
${model.backend.detail}, Node ${process.versions.node}.`)

/** The log-likelihood of every token that has one before it in its context. */
function likelihoods(engine: Engine): number[] {
  const found: number[] = []
  for (let from = 0; from < tokens.length; from += contextLength) {
    const context = tokens.slice(from, from + contextLength)
    engine.clear()
    for (let at = 0; at < context.length; at += PIECE) {
      const part = context.slice(at, at + PIECE)
      const logits = engine.forward(part, true)
      const vocab = logits.length / part.length
      for (let i = 0; i < part.length && at + i + 1 < context.length; i++) {
        found.push(likelihood(logits.subarray(i * vocab, (i + 1) * vocab), context[at + i + 1]!))
      }
    }
  }
  return found
}

function likelihood(logits: Float32Array, token: number): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of logits) if (value > most) most = value
  let sum = 0
  for (const value of logits) sum += Math.exp(value - most)
  return logits[token]! - most - Math.log(sum)
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length
}
