/** docs/report.md shows what is really printed, defines every figure in the words of the page, and names every option. */
import { readFileSync } from 'node:fs'
import { documentOf, documentText, report } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { terms } from '../../evidence/src/report/sections/definitions.ts'
import { traffic } from '../../evidence/src/report/testing/traffic.ts'
import { reportCommand } from './commands/report.ts'

const page = readFileSync(new URL('../../../docs/report.md', import.meta.url), 'utf8')

test('what it shows of the made-up month is what that month gives', async () => {
  const { receipts, judgements, certificates } = traffic(12_000)
  const made = await report(receipts, {
    judgements: (id) => judgements.get(id) ?? [],
    certificates,
    now: '2026-08-05T09:00:00.000Z',
  })
  const printed = documentText(documentOf(made), { width: 110 })
  const shown = [...page.matchAll(/```text\n([\s\S]*?)\n```/g)].map(([, text]) => text!)
  expect(shown).toHaveLength(5)
  for (const text of shown) expect(printed).toContain(text)
  const { value, low, high, n } = made.money.cut!
  const three = [value, low, high].map((share) => share.toFixed(3))
  expect(page).toContain(`{ value: ${three[0]}, low: ${three[1]}, high: ${three[2]}, n: ${n}, small: false }`)
})

test('the definitions are those of the page, word for word', () => {
  const flat = page.replace(/\s+/g, ' ')
  for (const [term, meaning] of terms) expect(flat).toContain(`- **${term}**: ${meaning}`)
})

test('every option is in the table', () => {
  for (const { long } of reportCommand().options)
    expect(page).toMatch(new RegExp(`\\| .*\`.*${long}\\b.* \\|`))
})
