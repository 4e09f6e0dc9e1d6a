/**
 * Fits the predictor to the published measurements that lie beside the project and writes what comes out as data:
 * packages/advisor/src/predict/fitted.ts and fitted/. Deterministic; about half a minute. Usage: npm run advisor:fit
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { facts } from '../../packages/advisor/src/facts/facts.ts'
import { fit } from '../../packages/advisor/src/predict/fit.ts'
import { lawNames } from '../../packages/advisor/src/predict/fit-laws.ts'
import { laws as factorsOf, type LawName } from '../../packages/advisor/src/predict/laws.ts'
import { published } from '../../packages/advisor/src/predict/testing/published.ts'

/** Characters of a line of levels. */
const WIDTH = 92

const folder = fileURLToPath(new URL('../../packages/advisor/src/predict/', import.meta.url))
const fitted = fit(published(), facts)
const { laws, ...rest } = fitted
/** `firstToken` lies in `fitted/first-token.ts`. */
const fileOf = (name: LawName): string =>
  `fitted/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`

for (const name of lawNames)
  writeFileSync(
    `${folder}${fileOf(name)}`,
    `/** The law of ${name}, as fitted: effects by factor in the order of laws.ts, and by level. Written by \`npm run advisor:fit\`. */
import type { KeptLaw } from '../read-fitted.ts'

export const ${name}: KeptLaw = ${lawText(name)}
`,
  )
writeFileSync(
  `${folder}fitted.ts`,
  `/**
 * What the predictor was fitted to be: written by \`npm run advisor:fit\` in bench/, not by hand, a law a file. Effects are logarithms: their
 * value and its variance; ends of intervals are in units of a law's spread. docs/predictor.md.
 */
${lawNames.map((name) => `import { ${name} } from './${fileOf(name)}'`).join('\n')}
import { readFitted } from './read-fitted.ts'
import type { Fitted } from './fit.ts'

export const fitted: Fitted = readFitted({ ...${JSON.stringify(rest)}, laws: { ${lawNames.join(', ')} } })
`,
)
const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url))
execFileSync(biome, ['check', '--write', `${folder}fitted.ts`, `${folder}fitted`], { stdio: 'ignore' })
console.log(`${fitted.measurements} measurements of ${fitted.devices} devices; ${folder}fitted.ts`)

/** Levels as `name value variance`, as many a line as it holds. */
function lawText(name: LawName): string {
  return JSON.stringify({
    noise: laws[name].noise,
    factors: laws[name].factors.map(({ spread, levels }, i) => ({
      name: factorsOf[name][i]!.name,
      spread,
      levels: linesOf(
        Object.entries(levels).map(([level, { value, variance }]) => `${level} ${value} ${variance}`),
      ),
    })),
  })
}

function linesOf(levels: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const level of levels) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + level.length + 2 <= WIDTH)
      lines[lines.length - 1] = `${last}; ${level}`
    else lines.push(level)
  }
  return lines
}
