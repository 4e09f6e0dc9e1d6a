import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sseData } from './sse.ts'

/** The data of the events of these pieces, each a chunk of the body. */
async function all(pieces: string[]): Promise<string[]> {
  const encoder = new TextEncoder()
  const events: string[] = []
  for await (const data of sseData(bodyOf(pieces.map((piece) => encoder.encode(piece))))) events.push(data)
  return events
}

function bodyOf(chunks: Uint8Array[], onCancel?: () => void): ReadableStream<Uint8Array> {
  const left = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const next = left.shift()
      if (next) controller.enqueue(next)
      else controller.close()
    },
    cancel: () => onCancel?.(),
  })
}

test('gives the data of each event, several data lines joined', async () => {
  expect(await all(['data: {"a":1}\n\ndata: one\ndata: two\n\ndata:[DONE]\n\n'])).toEqual([
    '{"a":1}',
    'one\ntwo',
    '[DONE]',
  ])
})

test('takes LF, CRLF and CR, skips comments and other fields, and a byte order mark', async () => {
  expect(await all(['\uFEFFdata: a\r\n\r\n: ping\r\nevent: x\r\nid: 4\r\ndata: b\r\n\r\n'])).toEqual([
    'a',
    'b',
  ])
  expect(await all(['data: a\r\rdata: b\r', '\n\r'])).toEqual(['a', 'b'])
})

test('takes only one space off, and an empty data field is an event', async () => {
  expect(await all(['data:  two\n\n', 'data\n\n', 'data:\n\n', '\n\n'])).toEqual([' two', '', ''])
})

test('an event without its empty line is not given', async () => {
  expect(await all(['data: a\n\ndata: cut o'])).toEqual(['a'])
  expect(await all(['data: a\n\ndata: cut\n'])).toEqual(['a'])
})

test('any split of the bytes gives the same events', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => !/[\r\n]/.test(s))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
      async (events, eol, cuts) => {
        const text = events.map((lines) => lines.map((l) => `data: ${l}${eol}`).join('') + eol).join('')
        const bytes = new TextEncoder().encode(text)
        const at = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
        const seen: string[] = []
        for await (const data of sseData(bodyOf(chunks))) seen.push(data)
        expect(seen).toEqual(events.map((lines) => lines.join('\n')))
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

test('a line of 2 MiB in pieces of 64 bytes is read: one that looks at all of it at each piece would not come to its end', async () => {
  const pieces = Array.from({ length: 2 ** 15 }, () => 'x'.repeat(64))
  const events = await all(['data: ', ...pieces, '\n\n'])
  expect(events.map((event) => event.length)).toEqual([2 ** 21])
})

test('a reader that stops early cancels the body', async () => {
  let cancelled = false
  const bytes = new TextEncoder().encode('data: a\n\ndata: b\n\n')
  const body = bodyOf([bytes, bytes], () => {
    cancelled = true
  })
  for await (const data of sseData(body)) {
    expect(data).toBe('a')
    break
  }
  expect(cancelled).toBe(true)
})
