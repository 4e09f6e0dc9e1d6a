/** docs/advisor.md: its example is a use case with the verdict that is shown, its rules are those of the code, every key stands on it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { presets } from '../fleet/presets.ts'
import { useCaseJsonSchema } from '../use-case/json-schema.ts'
import { parseUseCase } from '../use-case/parse.ts'
import { decide } from './decide.ts'
import { rules } from './rules.ts'

const page = readFileSync(new URL('../../../../docs/advisor.md', import.meta.url), 'utf8')

test('the example is decided as it says', () => {
  const [, text] = /```yaml example\n([\s\S]*?)```/.exec(page)!
  const [, answer] = /console\.log\(verdict\.answer, verdict\.why\) \/\/ (\S+) …/.exec(page)!
  expect(decide(parseUseCase(text!, 'docs/advisor.md.yaml'), facts).answer).toBe(answer)
})

test('the table of rules is the code', () => {
  const table = page.slice(page.indexOf('<!-- rules -->'))
  const rows = [...table.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, ...cells]) => cells,
  )
  expect(rows).toEqual(
    rules.map(({ name, of, weight, when }) => [name, of.join(', '), weight.replace('-', ' '), when]),
  )
})

test('every question and every preset stands on the page', () => {
  const keys = new Set<string>(presets.map(({ id }) => id))
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, inner] of Object.entries(node)) {
      if (name === 'properties') for (const key of Object.keys(inner as object)) keys.add(key)
      walk(inner)
    }
  }
  walk(useCaseJsonSchema())
  expect(
    [...keys].filter((key) => !new RegExp(`[\`. ]${key.replace('$', '\\$')}[\`:., ]`).test(page)),
  ).toEqual([])
})
