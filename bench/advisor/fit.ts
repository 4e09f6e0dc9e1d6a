/**
 * Fits the predictor to the published measurements that lie beside the project and writes what comes out as data:
 * packages/advisor/src/predict/fitted.ts. Deterministic; about half a minute. Usage: npm run advisor:fit
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { facts } from '../../packages/advisor/src/facts/facts.ts'
import { fit } from '../../packages/advisor/src/predict/fit.ts'
import { lawNames } from '../../packages/advisor/src/predict/fit-laws.ts'
import { laws as factorsOf, type LawName } from '../../packages/advisor/src/predict/laws.ts'
import { published } from '../../packages/advisor/src/predict/testing/published.ts'

const path = fileURLToPath(new URL('../../packages/advisor/src/predict/fitted.ts', import.meta.url))
const fitted = fit(published(), facts)
writeFileSync(
  path,
  `/**
 * What the predictor was fitted to be: written by \`npm run advisor:fit\` in bench/, not by hand. Effects are logarithms, by factor in the
 * order of laws.ts and by level: their value and its variance; ends of intervals are in units of a law's spread. docs/predictor.md.
 */
import { readFitted } from './read-fitted.ts'
import type { Fitted } from './fit.ts'

export const fitted: Fitted = readFitted(${write()})
`,
)
const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url))
execFileSync(biome, ['check', '--write', path], { stdio: 'ignore' })
console.log(`${fitted.measurements} measurements of ${fitted.devices} devices; ${path}`)

/** Levels as lines of `name value variance`: a change of one effect is a change of one line. */
function write(): string {
  const { laws, ...rest } = fitted
  const law = (name: LawName): unknown => ({
    noise: laws[name].noise,
    factors: laws[name].factors.map(({ spread, levels }, i) => ({
      name: factorsOf[name][i]!.name,
      spread,
      levels: Object.entries(levels).map(([level, { value, variance }]) => `${level} ${value} ${variance}`),
    })),
  })
  return JSON.stringify({
    ...rest,
    laws: Object.fromEntries(lawNames.map((name) => [name, law(name)])),
  })
}
