/**
 * The figures of docs/linear.md: `npm run linear -- PYTHON`, where PYTHON has scikit-learn; without it the judge's column is left out. Reads
 * ../shared/tasks. Everything is trained on training parts and measured on CLINC150's validation part and, cross-fitted, on Banking77.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { auroc, clopperPearson } from '@edgewise/evidence'
import { crossFit, type LinearExample, readLinear, trainLinear } from '@edgewise/student/linear'

const tasks = new URL('../../../shared/tasks/', import.meta.url)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const share = (right: number, of: number): string => {
  const { low, high } = clopperPearson(right, of)
  return `${percent(right / of)} (${percent(low)} to ${percent(high)})`
}

interface Clinc {
  readonly train: [string, string][]
  readonly val: [string, string][]
  readonly oos_train: [string, string][]
  readonly oos_val: [string, string][]
}
const { train, val, oos_train, oos_val }: Clinc = JSON.parse(
  readFileSync(new URL('clinc150/data.json', tasks), 'utf8'),
)
const examplesOf = (pairs: readonly [string, string][]): LinearExample[] =>
  pairs.map(([text, target]) => ({ text, target }))

/** Expected calibration error over 15 bins of equal width. */
function calibrationError(answers: readonly { probability: number; right: boolean }[]): number {
  const bins = Map.groupBy(answers, ({ probability }) => Math.min(14, Math.floor(15 * probability)))
  let sum = 0
  for (const bin of bins.values())
    sum += Math.abs(bin.reduce((off, { probability, right }) => off + probability - Number(right), 0))
  return sum / answers.length
}

async function clinc(name: string, examples: LinearExample[], outOfScopeLabel?: string): Promise<void> {
  const cpu = process.cpuUsage()
  const trained = await trainLinear(examples, outOfScopeLabel === undefined ? {} : { outOfScopeLabel })
  const { user, system } = process.cpuUsage(cpu)
  const bytes = trained.bytes()
  const head = readLinear(bytes)
  const began = performance.now()
  const answers = val.map(([text, target]) => ({ ...head.classify(text), target }))
  const ms = (performance.now() - began) / val.length
  const inScope = val.filter(([text, target]) => {
    const shares = head.probabilities(text)
    if (outOfScopeLabel !== undefined) shares[head.labels.indexOf(outOfScopeLabel)] = 0
    return head.labels[shares.indexOf(Math.max(...shares))] === target
  }).length
  const outside = oos_val.map(([text]) => head.classify(text).outOfScope)
  const bar = answers.map(({ outOfScope }) => outOfScope).sort((a, b) => a - b)[
    Math.floor(0.95 * val.length)
  ]!
  const signals = [
    ...answers.map(({ outOfScope }) => ({ signal: outOfScope, right: false })),
    ...outside.map((signal) => ({ signal, right: true })),
  ]
  console.log(
    `\n${name}: ${bytes.length} bytes, ${((user + system) / 1e6).toFixed(1)} s of one core, ${ms.toFixed(3)} ms a text`,
  )
  console.log(`  in scope, best of 150: ${share(inScope, val.length)}`)
  const judged = answers.map(({ label, target, probability }) => ({ probability, right: label === target }))
  console.log(`  calibration error of the answer: ${percent(calibrationError(judged))}`)
  console.log(`  out of scope: AUROC ${auroc(signals)!.toFixed(3)}`)
  console.log(
    `  caught where 5 % in scope are turned away: ${share(outside.filter((one) => one > bar).length, outside.length)}`,
  )
  const over = answers.filter(({ outOfScope }) => outOfScope > 0.95).length
  console.log(
    `  at a bar of 0.95: turned away ${percent(over / val.length)}, caught ${outside.filter((one) => one > 0.95).length}`,
  )
}

async function banking(): Promise<void> {
  const source = readFileSync(new URL('banking77/train.csv', tasks), 'utf8')
  // A quoted field may hold commas and line breaks, a label neither.
  const rows = [...source.matchAll(/^(?:"((?:[^"]|"")*)"|([^",\n]*)),(\w+\??)\r?$/gm)].slice(1)
  const examples = rows.map(([, quoted, plain, target]) => ({
    text: (quoted ?? plain!).replaceAll('""', '"'),
    target: target!,
  }))
  const fitted = (await crossFit(examples))!
  const right = fitted.filter(({ label }, i) => label === examples[i]!.target).length
  console.log(`\nBanking77, ${examples.length} in five parts: ${share(right, examples.length)}`)
}

await clinc('CLINC150 with 100 examples out of scope', examplesOf([...train, ...oos_train]), 'oos')
await clinc('CLINC150 without any', examplesOf(train))
await banking()

const python = process.argv[2]
if (python === undefined) console.log('\nscikit-learn: name a Python that has it')
else {
  const judge = new URL('judge.py', import.meta.url).pathname
  const lines = execFileSync(python, [judge, tasks.pathname], { encoding: 'utf8' }).trim().split('\n')
  for (const line of lines) {
    const { set, right, of, auroc: area, caught, seconds, weights } = JSON.parse(line)
    console.log(`\nscikit-learn, ${set}: ${share(right, of)}`)
    if (area !== undefined)
      console.log(
        `  AUROC ${area.toFixed(3)}, caught ${share(caught, 100)}, ${seconds.toFixed(1)} s, ${weights} weights`,
      )
  }
}
