/**
 * How fast Edgewise is, beside its peers and under the machine's roof, all in one run:
 *   cd bench && npm install --no-save && npm run bench -- decode
 * `npm run bench` alone says what there is. On a machine that does something else, too, no ratio is printed; the exit
 * status is 1 then, or when Edgewise itself fails, and the README stays as it is.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Comparison } from './compare.ts'
import { decode, decodeReport } from './decode.ts'
import { footprint, footprintReport } from './footprint.ts'
import { load, loadProblems, loadReport, loadsToJson } from './load.ts'
import { type Options, readOptions, usage } from './options.ts'
import { prefill, prefillReport } from './prefill.ts'
import { say } from './progress.ts'
import { problems, toJson } from './report.ts'
import { closeSite } from './subjects/start.ts'
import { place } from './tables.ts'

interface Result {
  readonly report: string
  readonly json: unknown
  /** Why some of it is missing. */
  readonly problems: readonly string[]
}

const commands: Record<Options['command'], (options: Options) => Promise<Result>> = {
  decode: async (options) => compared(await decode(options), (all) => decodeReport(all, options)),
  prefill: async (options) => compared(await prefill(options), (all) => prefillReport(all, options)),
  async load(options) {
    const loads = await load(options)
    return { report: loadReport(loads, options), json: loadsToJson(loads), problems: loadProblems(loads) }
  },
  async footprint() {
    const footprints = await footprint()
    return { report: footprintReport(footprints), json: footprints, problems: [] }
  },
}

function compared(
  comparisons: readonly Comparison[],
  report: (comparisons: readonly Comparison[]) => string,
): Result {
  return { report: report(comparisons), json: toJson(comparisons), problems: problems(comparisons) }
}

let options: Options
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  say(`${(error as Error).message}\n\n${usage}`)
  process.exit(2)
}
const result = await commands[options.command](options)
await closeSite()
console.log(options.json ? JSON.stringify(result.json, null, 2) : result.report)
for (const problem of result.problems) say(problem)
if (result.problems.length > 0) process.exitCode = 1
else if (options.readme) {
  const readme = new URL('../../README.md', import.meta.url)
  writeFileSync(readme, place(readFileSync(readme, 'utf8'), options.command, result.report))
}
