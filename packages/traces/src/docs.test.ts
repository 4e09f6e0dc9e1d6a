/** The examples of docs/traces.md are read or refused as it says, and its tables have every key, code and set there is. */
import { readFileSync } from 'node:fs'
import type { TraceItem } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { openTrace } from './open-trace.ts'
import { readTrace } from './read-trace.ts'
import { chunks, outcome, testFiles } from './testing/files.ts'
import { parseTraceLine } from './trace-line.ts'

const page = readFileSync(new URL('../../../docs/traces.md', import.meta.url), 'utf8')

function block(info: string): string {
  const found = [...page.matchAll(/```(.*)\n([\s\S]*?)```/g)].find(([, kind]) => kind === info)
  return found![2]!
}

/** What the first column of the page's tables names. */
const named = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => name!)

test('the example of the format', async () => {
  const { items, code } = await outcome(readTrace(chunks(block('jsonl'))))
  expect(code).toBeUndefined()
  expect(items.map(({ id, models }) => [id, models.small!.score, models.large!.score])).toEqual([
    ['1', 1, 1],
    ['2', 1, 0.5],
    ['3', 0, 1],
  ])
})

test('the refused lines are refused in the words that are shown', () => {
  const said = block('jsonl refused')
    .trimEnd()
    .split('\n')
    .map((text, i) => {
      try {
        return parseTraceLine(text, { file: 'qa.jsonl', line: i + 1 }).id
      } catch (error) {
        return (error as Error).message
      }
    })
  expect(`${said.join('\n')}\n`).toBe(block('text refused'))
})

test('every key of a line is in the table', async () => {
  const { items } = await outcome(readTrace(chunks(block('jsonl'))))
  const item: TraceItem = items[0]!
  for (const key of [...Object.keys(item), ...Object.keys(item.models.small!), 'correct'])
    expect(named).toContain(key)
})

test('every code is in the table', () => {
  const source = readFileSync(new URL('./trace-error.ts', import.meta.url), 'utf8')
  const codes = new Set(source.match(/(?<=')trace_\w+/g))
  expect(codes.size).toBeGreaterThan(7)
  expect(named.filter((name) => name.startsWith('trace_')).sort()).toEqual([...codes].sort())
})

test('every set that is understood is in the table', async () => {
  using files = testFiles()
  const { message } = await outcome(openTrace(files.write('x', 'nothing')))
  const sets = [...message!.matchAll(/; ([\w-]+) \(/g)].map(([, name]) => name!)
  expect(sets.length).toBeGreaterThan(4)
  for (const set of sets) expect(named).toContain(set)
})
