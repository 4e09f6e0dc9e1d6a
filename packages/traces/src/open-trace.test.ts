/** What a file is, its content tells; what is none of the known ones is refused by its name; a folder is all of it or none. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTrace } from './open-trace.ts'
import { outcome, testFiles } from './testing/files.ts'

const line = (id: string, task = 'qa'): string => `{"id":"${id}","task":"${task}","models":{}}\n`
const bank = 'user_query,gold,a\nWho?,x,x\n'
const open = async (path: string) => {
  const { items, code, message } = await outcome(openTrace(path))
  return { ids: items.map(({ task, id }) => `${task}/${id}`), code, message }
}

test('the name of a file says nothing', async () => {
  using files = testFiles()
  for (const content of [line('a'), gzipSync(line('a')), `\ufeff\r\n${line('a')}`])
    for (const name of ['x', 'x.csv', 'x.gz', 'outcomes.csv.gz'])
      expect(await open(files.write(name, content))).toMatchObject({ ids: ['qa/a'], code: undefined })
  for (const content of [bank, gzipSync(bank), `\ufeff${bank.replaceAll('\n', '\r\n')}`])
    expect(await open(files.write('x.jsonl', content))).toMatchObject({
      ids: ['banking77/0'],
      code: undefined,
    })
})

test('what was meant to be a trace says what is wrong with its first line', async () => {
  using files = testFiles()
  const message = async (content: string | Uint8Array) => (await open(files.write('x', content))).message
  expect(await message('{"id":"a","task":"qa"}')).toMatch(/x, line 1, models: must be an object/)
  expect(await message('\n{"id":"a","task":"qa","mod')).toMatch(/x, line 2: is no whole JSON value/)
  expect(await message(Buffer.from('{"id":"ä","models":{}}', 'latin1'))).toMatch(/x, line 1: is no UTF-8/)
})

test('what is none of the known formats is refused, and these are named', async () => {
  using files = testFiles()
  const other = [
    'a,b,c\n1,2,3\n',
    '{"a":1}',
    '[]',
    'null',
    '\0\u0001\u0002',
    Buffer.alloc(3e5, 0xff),
    gzipSync('PK'),
  ]
  for (const content of [...other, '{"idx": 0, "system": "", "user": ""}'])
    expect(await open(files.write('x', content))).toMatchObject({
      ids: [],
      code: 'trace_unknown_format',
      message: expect.stringMatching(
        /x: is none of what is understood: the trace format .*zellinger.*routellm.*bfcl.*routerarena.*banking77/,
      ),
    })
  expect((await open(files.write('x', Buffer.alloc(17 * 2 ** 20, 'x')))).code).toBe('trace_unknown_format')
})

test('nothing there, nothing in it, no file', async () => {
  using files = testFiles()
  expect((await open(join(files.folder, 'none'))).code).toBe('trace_not_found')
  expect((await open(join(files.write('x', 'x'), 'none'))).code).toBe('trace_not_found')
  for (const content of ['', '\n\n', '\ufeff', gzipSync('')])
    expect((await open(files.write('x', content))).code).toBe('trace_empty')
  expect((await open(files.write('x', gzipSync(line('a')).subarray(0, 12)))).code).toBe('trace_unreadable')
  expect((await open(files.write('x', 'user_query,gold,a\n'))).code).toBe('trace_empty')
})

test.skipIf(process.platform === 'win32')('neither a file nor a folder (needs devices)', async () => {
  expect((await open('/dev/null')).code).toBe('trace_unreadable')
})

test('a folder: all files with outcomes in the order of their names, what is no data left alone', async () => {
  using files = testFiles()
  files.write('2.jsonl', line('b') + line('c'))
  files.write('1.jsonl.gz', gzipSync(line('a')))
  files.write('3.csv', bank)
  files.write('README.md', '# what this is')
  files.write('summary.json', '{"n": 1}')
  files.write('prompts.jsonl', '{"idx": 0, "system": "", "user": ""}')
  files.write('more/4.jsonl', line('d'))
  const ids = ['qa/a', 'qa/b', 'qa/c', 'banking77/0']
  expect(await open(files.folder)).toEqual({ ids, code: undefined, message: undefined })
  files.write('4.jsonl', line('a', 'other') + line('b'))
  expect(await open(files.folder)).toMatchObject({ code: 'trace_duplicate' })
  files.write('4.csv', 'a,b\n')
  expect(await open(files.folder)).toMatchObject({ ids: [], code: 'trace_unknown_format' })
})

test('a folder without outcomes; one with a damaged file gives nothing before it is found', async () => {
  using files = testFiles()
  expect((await open(files.folder)).code).toBe('trace_unknown_format')
  files.write('notes.txt', 'nothing')
  expect((await open(files.folder)).code).toBe('trace_unknown_format')
  files.write('1.jsonl', line('a'))
  files.write('2.jsonl.gz', gzipSync(line('b')).subarray(0, 15))
  expect(await open(files.folder)).toMatchObject({ ids: [], code: 'trace_unreadable' })
})

test('random bytes behind every known beginning: items or a TraceError, never anything else', async () => {
  using files = testFiles()
  const starts = [
    '',
    line('a'),
    bank,
    'prompt,a,a_response\nx,True,y\n',
    'category,id,model,correct,latency_s,tok_in,tok_out\nsimple,0,m,1,1,1,1\n',
    'idx,chain,model,correct,conf_logprob,cost_usd,latency_ms,tok_in,tok_out,answer\n0,c,m,1,-1,1,1,1,1,x\n',
    '{"global_index":"x","question":"","llm_selected":"m","token_usage":{},"evaluation_result":{"score":1}}\n',
  ]
  const codes = new Set<string | undefined>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...starts),
      fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.stringMatching(/^[01x,."\n-]{0,40}$/)),
      fc.boolean(),
      async (start, rest, zip) => {
        const bytes = Buffer.concat([Buffer.from(start), Buffer.from(rest as string)])
        codes.add((await open(files.write('qa_x.outcomes.csv', zip ? gzipSync(bytes) : bytes))).code)
      },
    ),
    { seed: 4, numRuns: 300 },
  )
  expect([...codes].sort()).toEqual(['trace_bad_line', 'trace_empty', 'trace_unknown_format', undefined])
})
