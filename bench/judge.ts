/**
 * llama.cpp as the judge of the engine: greedy tokens on random Llama models in every weight type, both backends.
 * f32 and f16 must agree to the last token. With q8_0 and q4_0 all engines round activations to eight bits: a difference
 * in the last bit of an f32 sum can flip a rounding, which moves a logit of these noisy models by up to about 0.1; so
 * there a token may differ where the two best were closer than that, and the table says how close.
 * The exit status is 1 when anything else differs.
 *   cd bench && npm install --no-save && npm run judge
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate, type Model, openModel } from '../packages/engine/src/index.ts'
import { randomModel } from '../packages/engine/src/testing/random-model.ts'
import { openJudge } from './llama-cpp.ts'

const count = 64
/** Logits nearer than this are a tie between engines that round activations. */
const tie = 0.15
const prompt = [70, 105, 262, 90, 33, 200, 41]
const shapes = [
  { label: 'dim 192, 6 heads, 2 kv heads', layers: 3, dim: 192, hiddenDim: 512, heads: 6, kvHeads: 2 },
  { label: 'dim 256, 4 heads, 4 kv heads', layers: 2, dim: 256, hiddenDim: 704, heads: 4, kvHeads: 4 },
]

const folder = mkdtempSync(join(tmpdir(), 'edgewise-judge-'))
let differing = 0
console.log('| model | type | head | tokens | wasm | reference |\n|---|---|---|---|---|---|')
for (const { label, ...shape } of shapes) {
  for (const type of ['f32', 'f16', 'q8_0', 'q4_0'] as const) {
    for (const tied of [true, false]) {
      const bytes = randomModel({ ...shape, type, tied, seed: 7 })
      const path = join(folder, 'model.gguf')
      writeFileSync(path, bytes)
      await using judge = await openJudge(path, 256)
      const expected = await judge.greedy(prompt, count)
      const same = []
      for (const backend of ['wasm', 'reference'] as const) {
        using model = await openModel(bytes, { backend })
        const agreed = agreement(expected, await greedy(model))
        if (agreed === expected.length) same.push('all')
        else {
          const margin = marginAt(model, expected, agreed)
          if (margin > tie || type === 'f32' || type === 'f16') differing++
          same.push(`${agreed}, then a margin of ${margin.toFixed(3)}`)
        }
      }
      const head = tied ? 'tied' : 'own'
      console.log(`| ${label} | ${type} | ${head} | ${expected.length} | ${same.join(' | ')} |`)
    }
  }
}
rmSync(folder, { recursive: true })
process.exitCode = differing > 0 ? 1 : 0

async function greedy(model: Model): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of generate(model, prompt, { maxTokens: count, temperature: 0 })) ids.push(id)
  return ids.filter((id) => !model.tokenizer.ends.includes(id))
}

/** By how much the model's own best token beats the judge's after the first `agreed` tokens. */
function marginAt(model: Model, expected: readonly number[], agreed: number): number {
  using session = model.session()
  const logits = session.forward([...prompt, ...expected.slice(0, agreed)])
  return Math.max(...logits) - logits[expected[agreed]!]!
}

/** How many tokens agree before the first that differs. */
function agreement(expected: readonly number[], actual: readonly number[]): number {
  const at = expected.findIndex((id, i) => id !== actual[i])
  return at === -1 ? expected.length : at
}
