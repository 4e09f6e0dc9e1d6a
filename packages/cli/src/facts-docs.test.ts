/** docs/facts.md shows what is really printed, its counts are those of the facts, its rows can be merged, and it names every option and command. */
import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { checkFacts, facts, mergeFacts, parseRows, readRows } from '@edgewise/advisor'
import { expect, test } from 'vitest'
import { factsCommand } from './commands/facts.ts'
import { measureCommand } from './commands/measure.ts'
import { factTables, overviewText } from './facts-text.ts'

const page = readFileSync(new URL('../../../docs/facts.md', import.meta.url), 'utf8')

test('the overview that is shown', () => {
  const printed = stripVTControlCharacters(overviewText(facts, parseRows({}, 'none')))
  expect(page).toContain(`$ edgewise facts\n${printed}\n`)
})

test('the counts in its text', () => {
  const prose = page.replaceAll(/\s+/g, ' ')
  const claimed = checkFacts(facts).filter(({ kind }) => kind === 'claimed').length
  const all = factTables.reduce((sum, table) => sum + facts[table].length, 0)
  expect(prose).toContain(`${claimed} of the ${all} rows are claimed`)
  const computed = facts.models.filter(({ basis }) => basis === 'computed').length
  expect(prose).toContain(`${computed} of ${facts.models.length} are \`computed\``)
  const read = facts.devices.filter(({ basis }) => basis !== 'claimed').length
  expect(prose).toContain(`Of ${read} devices it was read`)
})

test('its rows can be merged', () => {
  const [, yaml] = /```yaml\n(.*?)```/s.exec(page)!
  const merged = mergeFacts(facts, readRows(yaml!, 'page.yaml'), 'page.yaml')
  expect(merged.own).toHaveLength(1)
  expect(merged.prices.find(({ id }) => id === 'gpt-5-nano')!.replaces).toContain('llm-prices')
  expect(page).toContain(merged.version)
})

test('every command and option is in a table, and every class and basis', () => {
  for (const command of factsCommand().commands) expect(page).toMatch(`| \`edgewise facts ${command.name()}`)
  for (const { long } of measureCommand().options) expect(page).toMatch(new RegExp(`\\| \`${long}\\b.* \\|`))
  for (const basis of ['measured', 'published', 'computed', 'claimed'])
    expect(page).toContain(`| \`${basis}\``)
})
