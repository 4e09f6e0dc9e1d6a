/** docs/replay.md shows what is really printed, and names every option, every row and every setting that is not replayed. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { curve, replay } from '@edgewise/evidence'
import { openTrace } from '@edgewise/traces'
import { policyReplay } from 'edgewise'
import { expect, test } from 'vitest'
import { replayCommand } from './commands/replay.ts'
import { replayText } from './replay-text.ts'

const page = readFileSync(new URL('../../../docs/replay.md', import.meta.url), 'utf8')
const trace = fileURLToPath(
  new URL('../../../../shared/traces/zellinger-cascades/triviaqa_test.outcomes.csv.gz', import.meta.url),
)
const present = existsSync(trace)

test.skipIf(!present)(
  `the replay that is shown${present ? '' : ' (skipped: the public trace is absent)'}`,
  async () => {
    const pair = { device: 'llama3.1-8b', cloud: 'gpt-4o' }
    const bar = { signal: 'meanLogprob', threshold: -0.2 }
    const policy = policyReplay(
      { version: 1, tasks: {}, default: { place: 'prefer-device', escalate: [bar] } },
      { pair, name: 'meanLogprob >= -0.2', rule: 'default' },
    )
    const replayed = await replay(openTrace(trace), { pair, policy })
    const curves = [await curve(openTrace(trace), { pair, signal: 'meanLogprob' })]
    const printed = stripVTControlCharacters(replayText(replayed, curves))
    expect(page).toContain(`--curve meanLogprob\n${printed}\n\`\`\``)
  },
)

test('every option is in the table', () => {
  for (const { long } of replayCommand().options) expect(page).toMatch(new RegExp(`\\| \`${long}\\b.* \\|`))
})

test('every column and row of the output is defined', () => {
  for (const name of [
    'quality',
    'kept',
    'harm',
    'asks cloud',
    'bill cut',
    'policy leads by',
    'AUROC',
    'area',
  ])
    expect(page).toContain(`- **${name}**: `)
  expect(page).toContain('- **p50, p95**: ')
  for (const row of [
    'always device',
    'always cloud',
    'best constant',
    'random mix',
    'meanLogprob >= bar',
    'oracle',
  ])
    expect(page).toMatch(new RegExp(`^\\| ${row} +\\|`, 'm'))
})

test('every setting that a note is about is in the table', () => {
  const source = readFileSync(new URL('../../edgewise/src/replay/replay-notes.ts', import.meta.url), 'utf8')
  const settings = new Set([...source.matchAll(/\bsay\(\s*'([\w.]+)'/g)].map(([, key]) => key!))
  expect(settings.size).toBeGreaterThan(6)
  const table = page.slice(page.indexOf('| setting'), page.indexOf('Both places are there'))
  for (const setting of settings)
    expect(table).toContain(setting === 'escalate' ? 'certificates' : `\`${setting}`)
})
