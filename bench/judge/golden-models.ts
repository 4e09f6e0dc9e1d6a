/**
 * Writes packages/engine/src/testing/golden/golden.json: what llama.cpp greedily decodes on the models of cases.ts, for
 * tests that need no peer. A seed is taken when its text is diverse and no token of it a near tie, since a float that is
 * added in another order may tip one, and when llama.cpp says the same on another instruction set. Our quantisers make the file;
 * it must have the bytes that llama.cpp's own makes. Run after each change of the maker of models or of the cases:
 *   cd bench && npm install --no-save && npm run golden:models
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  baseFile,
  fastCases,
  type Golden,
  type GoldenCase,
  goldenFile,
  goldenPrompt,
  slowCases,
} from '../../packages/engine/src/testing/golden/cases.ts'
import { type Greedy, loadLlama, openLlama, quantizeFile } from '../peers/llama-c.ts'
import { leastMargin } from './compare.ts'
import { peerSteps } from './peer.ts'

const target = new URL('../../packages/engine/src/testing/golden/golden.json', import.meta.url)
const count = 64
const seeds = 1000
/** By how much every token is ahead. Real widths are searched less long. */
const wanted = ({ narrow }: GoldenCase): number => (narrow ? 0.5 : 0.3)
/** Different tokens among them: a text that turns in a circle tests little. */
const different = count / 2
/** Steps whose best logits are kept, and how many of each. */
const steps = [0, 1, 31, 63]
const best = 3

const folder = mkdtempSync(join(tmpdir(), 'edgewise-golden-'))
const lines: string[] = []
try {
  for (const golden of [...fastCases, ...slowCases]) {
    const found = seek(golden)
    lines.push(`    ${JSON.stringify(found)}`)
    const { family, type, seed, margin } = found
    console.log(
      `${family}, ${type}: seed ${seed}, margin ${margin}, ${new Set(found.ids).size} different ids`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
const { version, cpuLibrary } = loadLlama()
const judge = JSON.stringify(`${version}, ${cpuLibrary}`)
writeFileSync(target, `{\n  "judge": ${judge},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`)

function seek(golden: GoldenCase): Golden {
  for (let seed = 1; seed <= seeds; seed++) {
    const path = quantised(golden, seed)
    const prompt = goldenPrompt(golden, seed)
    const { ids, logits } = greedy(path, prompt)
    const margin = Math.min(...logits.map((row) => leastMargin(row, golden.vocabulary)))
    if (margin < wanted(golden) || new Set(ids).size < different) continue
    const { decoded } = peerSteps(path, { prompt, ids, alone: 0 })
    if (leastMargin(decoded, golden.vocabulary) < wanted(golden) / 2) continue
    const file = goldenFile(golden, seed)
    if (!readFileSync(path).equals(file)) {
      throw new Error(`${golden.family}, ${golden.type}: our file is not llama.cpp's`)
    }
    return {
      ...golden,
      seed,
      sha256: createHash('sha256').update(file).digest('hex'),
      margin: Number(margin.toFixed(3)),
      ids,
      steps: steps.map((step) => ({ step, top: top(logits[step]!) })),
    }
  }
  throw new Error(
    `${golden.family}, ${golden.type}: no seed up to ${seeds} has a margin of ${wanted(golden)}`,
  )
}

function quantised(golden: GoldenCase, seed: number): string {
  const path = join(folder, 'model.gguf')
  if (golden.type === 'f16' || golden.type === 'bf16') {
    writeFileSync(path, goldenFile(golden, seed))
    return path
  }
  const base = join(folder, 'base.gguf')
  writeFileSync(base, baseFile(golden, seed))
  quantizeFile(base, path, golden.type)
  return path
}

function greedy(path: string, prompt: readonly number[]): Greedy {
  using model = openLlama(path)
  using context = model.context({ contextLength: prompt.length + count })
  return context.greedy(prompt, count)
}

function top(logits: Float32Array): [number, number][] {
  return Array.from(logits, (logit, id): [number, number] => [id, logit])
    .sort(([, a], [, b]) => b - a)
    .slice(0, best)
    .map(([id, logit]) => [id, Number(logit.toFixed(3))])
}
