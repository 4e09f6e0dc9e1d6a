/** A trace is written whole or not at all, and what was in its place before stays when it is not. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { TraceItem } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { openTrace } from './open-trace.ts'
import { outcome, testFiles } from './testing/files.ts'
import { parseTraceLine } from './trace-line.ts'
import { writeTrace } from './write-trace.ts'

const item = (id: string): TraceItem =>
  parseTraceLine(`{"id":"${id}","task":"qa","prompt":"Who is ${id}?","models":{"m":{"score":0.5}}}`, {
    file: '',
  })
const items = Array.from({ length: 10_000 }, (_, i) => item(`item-${i}`))

test('read back as it was, gzip where the name says so', async () => {
  using files = testFiles()
  for (const [name, first] of [
    ['trace.jsonl', '{'],
    ['trace.jsonl.gz', '\u001f'],
  ] as const) {
    const path = join(files.folder, name)
    expect(await writeTrace(path, items)).toBe(items.length)
    expect(readFileSync(path, 'latin1')[0]).toBe(first)
    expect(await outcome(openTrace(path))).toEqual({ items })
  }
  expect(readdirSync(files.folder)).toEqual(['trace.jsonl', 'trace.jsonl.gz'])
})

test('when items end in an error, or there are none, what was there stays and nothing else does', async () => {
  using files = testFiles()
  const path = files.write('trace.jsonl', 'before')
  async function* broken() {
    yield* items
    throw new Error('the ledger is gone')
  }
  await expect(writeTrace(path, broken())).rejects.toThrow('the ledger is gone')
  const bad = { ...item('a'), models: { m: { ...item('a').models.m!, score: Number.NaN } } }
  await expect(writeTrace(path, [...items, bad])).rejects.toMatchObject({ code: 'trace_bad_line' })
  await expect(writeTrace(path, [])).rejects.toMatchObject({ code: 'trace_empty' })
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(readdirSync(files.folder)).toEqual(['trace.jsonl'])
})

test('a place that cannot be written', async () => {
  using files = testFiles()
  const folder = join(files.folder, 'folder')
  mkdirSync(folder)
  const unwritable = { code: 'trace_unwritable', message: expect.stringContaining('cannot be written') }
  await expect(writeTrace(join(files.folder, 'none', 'trace.jsonl'), items)).rejects.toMatchObject(unwritable)
  await expect(writeTrace(folder, items)).rejects.toMatchObject(unwritable)
  expect(readdirSync(files.folder)).toEqual(['folder'])
})

test.skipIf(process.platform === 'win32')(
  'a link stays one; a device is not replaced by a file (needs links)',
  async () => {
    using files = testFiles()
    const path = files.write('real.jsonl', 'before')
    const link = join(files.folder, 'link.jsonl')
    symlinkSync(path, link)
    await writeTrace(link, [item('a')])
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect((await outcome(openTrace(path))).items).toHaveLength(1)
    await expect(writeTrace('/dev/null', items)).rejects.toMatchObject({ code: 'trace_unwritable' })
    expect(existsSync('/dev/null') && lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  },
)
