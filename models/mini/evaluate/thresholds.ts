/**
 * Chooses the thresholds of `fix` on the dev items: fewest wrong words over all items together.
 * Of equals the one that changes less clean text. One threshold at a time, the others at the best so far, first src/fix.ts.
 *
 *     node --conditions=edgewise-source models/mini/evaluate/thresholds.ts ITEMS/dev MINI.gguf
 */
import { readFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { type FixThresholds, fixThresholds } from '../src/fix.ts'
import { openBench } from './bench.ts'
import { evaluateFix } from './fix.ts'
import { type FixItem, readItems } from './items.ts'

const [folder, file] = argv.slice(2)
if (!folder || !file) throw new Error('usage: thresholds.ts ITEMS/dev MINI.gguf')
const bench = await openBench(await readFile(file))
const items = await readItems<FixItem>(folder, 'fix')

const tried = {
  unknown: [-10, -8, -6, -4],
  known: [0, 1, 2, 3, 4],
  form: [-12, -8, -4],
  keepCost: [0, 1, 2, 3],
  editCost: [0, 1, 2, 3, 4],
}
console.log(
  `| ${Object.keys(tried).join(' | ')} | errors left | reduction | words of clean sentences changed |`,
)
console.log(`|${' --- |'.repeat(8)}`)
let best = { thresholds: fixThresholds, errors: Number.POSITIVE_INFINITY, cleanWordsChanged: 1 }
for (const [name, values] of Object.entries(tried)) {
  for (const value of values) await tryOut({ ...best.thresholds, [name]: value })
}
console.log(`\nbest: ${JSON.stringify(best)}`)

async function tryOut(thresholds: FixThresholds): Promise<void> {
  const { errors, reduction, cleanWordsChanged } = await evaluateFix(bench, items, thresholds)
  const isBetter =
    errors < best.errors || (errors === best.errors && cleanWordsChanged < best.cleanWordsChanged)
  if (isBetter) best = { thresholds, errors, cleanWordsChanged }
  const shares = [reduction, cleanWordsChanged].map((share) => `${(share * 100).toFixed(2)} %`)
  const cells = Object.keys(tried).map((name) => thresholds[name as keyof FixThresholds])
  console.log(`| ${[...cells, errors, ...shares].join(' | ')} |`)
}
