/**
 * Scores a GGUF file on the held-back items and prints Markdown tables, beside the linear baselines where there are any.
 *
 *     node --conditions=edgewise-source models/mini/evaluate/main.ts ITEMS/test MINI.gguf [BASELINE.json ...] [--tasks intent,fix] [--limit N]
 *
 * Writes figures.json beside the GGUF file. All choices (thresholds) are made on ITEMS/dev, see thresholds.ts.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { miniTasks } from '../src/tasks.ts'
import type { Baseline } from './baseline.ts'
import { openBench } from './bench.ts'
import { evaluateComplete } from './complete.ts'
import { evaluateFix } from './fix.ts'
import { evaluateIntent } from './intent.ts'
import { readItems } from './items.ts'
import { evaluateJson } from './json.ts'
import { evaluateRedact } from './redact.ts'
import { type Figures, report } from './report.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { tasks: { type: 'string' }, limit: { type: 'string' } },
})
const [folder, file, ...baselineFiles] = positionals
if (!folder || !file)
  throw new Error('usage: main.ts ITEMS/test MINI.gguf [BASELINE.json ...] [--tasks a,b] [--limit N]')
const tasks = values.tasks?.split(',') ?? miniTasks
const limit = Number(values.limit ?? Number.POSITIVE_INFINITY)

const bench = await openBench(await readFile(file))
const items = async <T>(task: string) => every<T>(await readItems<T>(folder, task), limit)
const figures: Figures = {
  model: { file: basename(file), parameters: bench.model.parameters, backend: bench.model.backend.detail },
  ...(tasks.includes('intent') && { intent: await evaluateIntent(bench, await items('intent')) }),
  ...(tasks.includes('json') && { json: await evaluateJson(bench, await items('json')) }),
  ...(tasks.includes('redact') && { redact: await evaluateRedact(bench, await items('redact')) }),
  ...(tasks.includes('fix') && { fix: await evaluateFix(bench, await items('fix')) }),
  ...(tasks.includes('complete') && { complete: await evaluateComplete(bench, await items('complete')) }),
}
const baselines = baselineFiles.map(
  async (name): Promise<Baseline> => JSON.parse(await readFile(name, 'utf8')),
)
const baseline: Baseline = Object.assign({}, ...(await Promise.all(baselines)))
await writeFile(join(dirname(file), 'figures.json'), `${JSON.stringify({ ...figures, baseline }, null, 2)}\n`)
console.log(report(figures, baseline))

/** At most `limit` of the items, spread evenly over them. */
function every<T>(all: readonly T[], limit: number): T[] {
  const step = Math.max(1, all.length / limit)
  return Array.from({ length: Math.min(all.length, limit) }, (_, i) => all[Math.floor(i * step)]!)
}
