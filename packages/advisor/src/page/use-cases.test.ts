/** The worked use cases as pages and in forty lines: every number leads somewhere, and nothing is a number that is none. */
import { readdirSync, readFileSync } from 'node:fs'
import { documentText } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { decide } from '../decide/decide.ts'
import { facts } from '../facts/facts.ts'
import { parseUseCase } from '../use-case/parse.ts'
import { verdictBrief } from './brief.ts'
import { verdictHtml, verdictMarkdown } from './verdict-document.ts'

const folder = new URL('../../../../examples/use-cases/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

test.each(names)('%s', (name) => {
  const verdict = decide(parseUseCase(readFileSync(new URL(name, folder), 'utf8'), name), facts)
  const page = verdictHtml(verdict, facts)
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  for (const [, to] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(to)
  for (const told of [page, verdictMarkdown(verdict, facts)])
    expect(/NaN|Infinity|undefined|\[object/.exec(told)?.[0]).toBeUndefined()
  expect(page.length).toBeLessThan(400_000)
  // A figure that stands in the table of the options leads to a step.
  const [, table] = /<section id="options">[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page)!
  const figures = [...table!.matchAll(/<td class="right">(.*?)<\/td>/g)].map(([, cell]) => cell!)
  const loose = figures.filter((cell) => /\d/.test(cell) && !cell.includes('href="#m-'))
  expect(loose).toEqual([])
  // Several steps may have the value; the one that is meant is named so.
  const [, first] = /Users in time<\/bdi><\/th><td class="right"><a class="to" href="#([^"]+)"/.exec(page)!
  expect(page).toMatch(new RegExp(`id="${first}">.{1,60}<b>users in time</b>`))
  const lines = documentText(verdictBrief(verdict), { width: 110 }).split('\n')
  expect(lines.length).toBeLessThanOrEqual(40)
})
