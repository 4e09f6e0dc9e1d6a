import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sseData, sseParser } from './sse.ts'

const all = (pieces: string[]): string[] => {
  const parse = sseParser()
  return pieces.flatMap((piece) => parse(piece))
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

test('gives the data of each event, several data lines joined', () => {
  expect(all(['data: {"a":1}\n\ndata: one\ndata: two\n\ndata:[DONE]\n\n'])).toEqual([
    '{"a":1}',
    'one\ntwo',
    '[DONE]',
  ])
})

test('takes LF, CRLF and CR, skips comments and other fields, and a byte order mark', () => {
  expect(all(['\uFEFFdata: a\r\n\r\n: ping\r\nevent: x\r\nid: 4\r\ndata: b\r\n\r\n'])).toEqual(['a', 'b'])
  expect(all(['data: a\r\rdata: b\r', '\n\r'])).toEqual(['a', 'b'])
})

test('takes only one space off, and an empty data field is an event', () => {
  expect(all(['data:  two\n\n', 'data\n\n', 'data:\n\n', '\n\n'])).toEqual([' two', '', ''])
})

test('an event without its empty line is not given', () => {
  expect(all(['data: a\n\ndata: cut o'])).toEqual(['a'])
  expect(all(['data: a\n\ndata: cut\n'])).toEqual(['a'])
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
