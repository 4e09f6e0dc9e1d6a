/**
 * Chooses on the dev items: the weights of `acceptance` (a logistic regression: is the best candidate right, and what stands there not?),
 * the thresholds of `fix`, fewest wrong words among those that change at most MOST_CHANGED of the words of clean sentences; and says what
 * `carefulCost` does to names. Put what it prints into src/fix.ts and run it again for the thresholds.
 *
 *     node --conditions=edgewise-source models/mini/evaluate/thresholds.ts ITEMS/dev MINI.gguf
 */
import { readFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { bestOf, type Evidence, type FixThresholds, fixThresholds, LEAST_OF_KNOWN } from '../src/fix.ts'
import { read } from '../src/reading.ts'
import { endOfForm, endOfWord, isKnown, startsWord } from '../src/wrong-span.ts'
import { openBench } from './bench.ts'
import { evaluateFix } from './fix.ts'
import { type FixItem, type RedactItem, readItems } from './items.ts'
import { evaluateRedact } from './redact.ts'

/** Of the words of clean sentences. Three times as many are promised: the weights were fitted to these very sentences, and others are changed that often. */
const MOST_CHANGED = 0.001

const [folder, file] = argv.slice(2)
if (!folder || !file) throw new Error('usage: thresholds.ts ITEMS/dev MINI.gguf')
const bench = await openBench(await readFile(file))
const items = await readItems<FixItem>(folder, 'fix')

const examples = (await Promise.all(items.map(examplesOf))).flat()
console.log(`acceptance, of ${examples.length} words: ${JSON.stringify(fitted(examples))}\n`)

console.log('| join | accept | errors left | reduction | words of clean sentences changed |')
console.log(`|${' --- |'.repeat(5)}`)
let best = { thresholds: fixThresholds, errors: Number.POSITIVE_INFINITY }
for (const join of [0, 1])
  for (const accept of [0.9, 1.5, 2.1, 2.7, 3.3]) await tryOut({ ...fixThresholds, join, accept })
console.log(`\nbest: ${JSON.stringify(best)}\n`)

console.log('| carefulCost | words of names hidden | other words hidden |\n| --- | --- | --- |')
const texts = (await readItems<RedactItem>(folder, 'redact')).filter(({ source }) => source !== 'filled')
for (const cost of [0, 1, 2, 3, 4, 5, 6]) {
  const { names } = await evaluateRedact(bench, texts, cost)
  console.log(`| ${cost} | ${percent(names.wordRecall)} | ${percent(names.wordFalse)} |`)
}

async function tryOut(thresholds: FixThresholds): Promise<void> {
  const { errors, reduction, cleanWordsChanged } = await evaluateFix(bench, items, thresholds)
  if (cleanWordsChanged <= MOST_CHANGED && errors < best.errors) best = { thresholds, errors }
  const cells = [thresholds.join, thresholds.accept, errors, percent(reduction), percent(cleanWordsChanged)]
  console.log(`| ${cells.join(' | ')} |`)
}

interface Example {
  readonly evidence: Evidence
  readonly isRight: boolean
}

/** Words of an item that has as many as it should, each with its best candidate; but not those that it cannot mend. */
async function examplesOf({ kind, noisy, clean }: FixItem): Promise<Example[]> {
  const [given, wanted] = [noisy, clean].map((text) => [...text.matchAll(/\S+/g)])
  if ((kind !== 'text' && kind !== 'clean') || given!.length !== wanted!.length) return []
  const units = bench.protocol.units(noisy)
  const { units: judged } = await read(bench, 'fix', units, { each: bench.protocol.fixes })
  const found: Example[] = []
  for (const i of units.keys()) {
    if (!judged[i] || !startsWord(units, i) || endOfForm(units, i) !== undefined) continue
    const wrong = judged[i]![1]! - judged[i]![0]!
    if (isKnown(bench.words, units, i) && wrong < LEAST_OF_KNOWN) continue
    const end = endOfWord(units, i)
    const chosen = await bestOf(bench, bench.words, units, i, end, noisy, [], wrong)
    if (!chosen) continue
    const start = units[i]!.end - units[i]!.text.trimStart().length
    const at = given!.findLastIndex(({ index }) => index <= start)
    const [word, right] = [given![at]!, wanted![at]![0]]
    const stop = units[end - 1]!.end - word.index
    const mended = word[0].slice(0, start - word.index) + chosen.text + word[0].slice(stop)
    const isWrong = word[0] !== right
    if (!isWrong || mended === right) found.push({ evidence: chosen.evidence, isRight: isWrong })
  }
  return found
}

/** Gradient descent on the mean log-loss with a little shrinkage, the weights by name. */
function fitted(all: readonly Example[]): Record<string, number> {
  const names = ['bias', ...Object.keys(all[0]!.evidence), 'wrongOfKnown', 'gainOfKnown']
  const rows = all.map(({ evidence: e, isRight }) => ({
    values: [1, ...Object.values(e), e.wrong * e.known, e.gain * e.known] as number[],
    right: Number(isRight),
  }))
  const weights = names.map(() => 0)
  for (let step = 0; step < 20_000; step++) {
    const slope = weights.map((weight, k) => (k === 0 ? 0 : 0.0007 * weight))
    for (const { values, right } of rows) {
      const odds = values.reduce((sum, value, k) => sum + value * weights[k]!, 0)
      const off = 1 / (1 + Math.exp(-odds)) - right
      for (const [k, value] of values.entries()) slope[k]! += (off * value) / rows.length
    }
    for (const [k, value] of slope.entries()) weights[k]! -= 0.1 * value
  }
  return Object.fromEntries(names.map((name, k) => [name, Number(weights[k]!.toFixed(2))]))
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
