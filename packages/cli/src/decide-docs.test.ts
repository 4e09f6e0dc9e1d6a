/** docs/advisor.md, at the command line: shows what is really printed, and names every option and exit code. */
import { readFileSync } from 'node:fs'
import { decide, facts, parseUseCase, verdictBrief } from '@edgewise/advisor'
import { documentText } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { decideCommand } from './commands/decide.ts'

const root = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/advisor.md', root), 'utf8')
const section = page.slice(page.indexOf('## At the command line'))

test('the verdict that is shown', () => {
  const [, name, shown] = /```console\n\$ edgewise decide (\S+)\n([\s\S]*?)\n```/.exec(section)!
  const verdict = decide(parseUseCase(readFileSync(new URL(name!, root), 'utf8'), name), facts)
  expect(shown).toBe(documentText(verdictBrief(verdict), { width: 110 }))
})

test('every option is in the table, and so is what it may be', () => {
  for (const { long, argChoices = [] } of decideCommand().options) {
    const row = section.split('\n').find((line) => new RegExp(`^\\| \`${long}\\b`).test(line))
    expect(row).toBeDefined()
    for (const choice of argChoices) expect(row).toContain(choice)
  }
})

test('every code that help tells is told', () => {
  let help = ''
  const command = decideCommand().configureOutput({ writeOut: (text) => void (help += text) })
  command.outputHelp()
  const codes = [.../Exit codes: ([^\n]*\n[^\n]*)/.exec(help)![1]!.matchAll(/\b(\d+) /g)].map(
    ([, code]) => code,
  )
  expect(codes).toEqual(['0', '3', '1', '130'])
  for (const code of codes) expect(section).toMatch(new RegExp(`Exit codes:[^.]*\\b${code} `))
})
