/** A trace as bytes: in whatever chunks, compressed or not, damaged in every way; nothing but items or a `TraceError` comes of it. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestLine } from './lines.ts'
import { readTrace } from './read-trace.ts'
import { anyItem } from './testing/arbitrary-item.ts'
import { chunks, outcome } from './testing/files.ts'
import { formatTraceLine } from './trace-line.ts'

const line = (id: string): string => `{"id":"${id}","task":"qa","models":{"m":{"correct":true}}}`
const read = async (content: string | Uint8Array, size?: number) => {
  const { items, code, message } = await outcome(readTrace(chunks(content, size), 'f'))
  return { ids: items.map(({ id }) => id), code, message }
}
const good = (...ids: string[]) => ({ ids, code: undefined, message: undefined })

test('lines end with LF or CR LF, the last one with nothing, and blank ones are none', async () => {
  expect(await read(`${line('a')}\n${line('b')}\n`)).toEqual(good('a', 'b'))
  expect(await read(`${line('a')}\r\n\r\n  \n${line('b')}`)).toEqual(good('a', 'b'))
  expect(await read(`\n\n${line('a')}\n\n`)).toEqual(good('a'))
})

test('a byte order mark is passed over at the start, and nowhere else', async () => {
  expect(await read(`\ufeff${line('a')}\n${line('b')}`)).toEqual(good('a', 'b'))
  expect(await read(`\ufeff${line('a')}\n${line('b')}`, 1)).toEqual(good('a', 'b'))
  expect(await read(`${line('a')}\n\ufeff${line('b')}`)).toMatchObject({ ids: ['a'], code: 'trace_bad_line' })
})

test('chunks of any size, cut in the middle of a character too', async () => {
  const text = `${line('ä')}\n${line('日本')}\n${line('🙂')}`
  for (let size = 1; size < 40; size++) expect(await read(text, size)).toEqual(good('ä', '日本', '🙂'))
})

test('the line of an error is that of the file', async () => {
  const text = `${line('a')}\n\n${line('b')}\n{"id":3}\n${line('c')}`
  for (const size of [1, 50, 1e9])
    expect(await read(text, size)).toEqual({
      ids: ['a', 'b'],
      code: 'trace_bad_line',
      message: 'f, line 4, id: must be a text that is not empty',
    })
})

test('a file cut in the middle of a line; one without items', async () => {
  expect(await read(`${line('a')}\n${line('b').slice(0, -9)}`)).toEqual({
    ids: ['a'],
    code: 'trace_bad_line',
    message: expect.stringMatching(/^f, line 2: is no whole JSON value.*is the file cut\?$/),
  })
  for (const nothing of ['', '\n', '\r\n \n', '\ufeff', gzipSync('')])
    expect(await read(nothing)).toMatchObject({ ids: [], code: 'trace_empty' })
})

test('what is no UTF-8', async () => {
  const bytes = Buffer.from(`${line('a')}\n${line('b')}\n${line('ä')}`, 'latin1')
  for (const size of [1, 1e9])
    expect(await read(bytes, size)).toMatchObject({
      code: 'trace_bad_line',
      message: 'f, line 3: is no UTF-8: write the file as UTF-8',
    })
  const wide = Buffer.from(`\ufeff${line('a')}\n`, 'utf16le')
  expect(await read(wide)).toMatchObject({ ids: [], code: 'trace_bad_line' })
})

test('an item twice; the same id of another task is another item', async () => {
  const other = line('a').replace('qa', 'qb')
  expect(await read(`${line('a')}\n${other}\n${line('b')}\n${line('a')}`)).toEqual({
    ids: ['a', 'a', 'b'],
    code: 'trace_duplicate',
    message: 'f, line 4, id: an item of this task and id came before: give each item an id of its own',
  })
})

test('a line that is too long is refused before it is whole; one as long as may be is read', async () => {
  const long = (length: number): string => {
    const [start, end] = ['{"id":"a","task":"qa","prompt":"', '","models":{}}']
    return `${start}${'x'.repeat(length - start.length - end.length)}${end}`
  }
  const text = `${line('b')}\n${long(longestLine)}\n${line('c')}`
  for (const size of [2 ** 20, 1e9]) expect(await read(text, size)).toEqual(good('b', 'a', 'c'))
  async function* endless() {
    yield Buffer.from(`${line('b')}\n`)
    for (;;) yield Buffer.alloc(2 ** 20, 'x')
  }
  expect(await outcome(readTrace(endless(), 'f'))).toMatchObject({
    items: [{ id: 'b' }],
    code: 'trace_too_long_line',
    message: expect.stringMatching(/^f, line 2: is longer than 16 MiB: /),
  })
  expect(await read(`${line('b')}\n${long(longestLine + 1)}\n`)).toMatchObject({
    ids: [],
    code: 'trace_too_long_line',
  })
})

test('gzip, told by the bytes: whole, in parts, damaged, cut', async () => {
  const ids = Array.from({ length: 2000 }, (_, i) => `item-${i}`)
  const zipped = gzipSync(ids.map(line).join('\n'))
  expect(await read(zipped)).toEqual(good(...ids))
  expect((await read(zipped, 1)).ids).toHaveLength(2000)
  expect(await read(Buffer.concat([gzipSync(`${line('a')}\n`), gzipSync(line('b'))]))).toEqual(good('a', 'b'))
  const unreadable = {
    code: 'trace_unreadable',
    message: 'f: its gzip data is damaged or ends early: fetch or write the file again',
  }
  const middle = zipped.length >> 1
  expect(await read(zipped.subarray(0, middle))).toMatchObject(unreadable)
  expect(await read(zipped.subarray(0, -4))).toMatchObject(unreadable)
  expect(await read(zipped.subarray(0, 2))).toMatchObject(unreadable)
  expect(await read(Buffer.concat([zipped, Buffer.from('and more')]))).toMatchObject(unreadable)
  const damaged = Buffer.from(zipped)
  damaged[middle] = damaged[middle]! ^ 0xff
  expect(await read(damaged)).toMatchObject({ code: expect.stringMatching(/^trace_(unreadable|bad_line)$/) })
})

test('what the source throws comes through, and a reader that has seen enough ends it', async () => {
  let ended = 0
  async function* source(broken: boolean, start: Uint8Array) {
    try {
      yield start
      if (broken) throw new Error('the network is gone')
      for (let i = 0; ; i++) yield Buffer.from(`${line(`more-${i}`)}\n`)
    } finally {
      ended++
    }
  }
  for (const start of [Buffer.from(`${line('a')}\n`), gzipSync(`${line('a')}\n`)])
    await expect(outcome(readTrace(source(true, start)))).rejects.toThrow('the network is gone')
  for await (const { id } of readTrace(source(false, Buffer.from(`${line('a')}\n`))))
    if (id === 'more-9') break
  expect(ended).toBe(3)
})

test('items written and read are the same, however the bytes come', async () => {
  const lists = fc.uniqueArray(anyItem, {
    minLength: 1,
    maxLength: 8,
    selector: ({ id, task }) => `${task}\0${id}`,
  })
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 500 }), fc.boolean(), async (items, size, zip) => {
      const text = items.map((item) => `${formatTraceLine(item)}\n`).join('')
      expect(await outcome(readTrace(chunks(zip ? gzipSync(text) : text, size)))).toEqual({ items })
    }),
    { seed: 2, numRuns: 100 },
  )
})

test('random bytes, and traces with random bytes in them: items or a TraceError, never anything else', async () => {
  const whole = Buffer.from([line('a'), line('b'), line('c'), ''].join('\n'))
  const spoiled = (bytes: Buffer) =>
    fc
      .tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([at, by, cut]) =>
        Buffer.concat([bytes.subarray(0, at), by, cut ? Buffer.alloc(0) : bytes.subarray(at + by.length)]),
      )
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    spoiled(whole),
    spoiled(gzipSync(whole)),
  )
  let read = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(content, fc.integer({ min: 1, max: 300 }), async (bytes, size) => {
      const { items, code } = await outcome(readTrace(chunks(bytes, size)))
      for (const item of items) expect(Object.keys(item)).toHaveLength(6)
      if (code === undefined) read++
      else refused++
    }),
    { seed: 3, numRuns: 2000 },
  )
  expect(read).toBeGreaterThan(20)
  expect(refused).toBeGreaterThan(200)
})
