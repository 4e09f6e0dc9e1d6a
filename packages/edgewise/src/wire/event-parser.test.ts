import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventParser } from './event-parser.ts'

const utf8 = new TextEncoder()

function read(pieces: readonly Uint8Array[], maxLine = 1000): string[] {
  const parser = new EventParser(maxLine)
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()]
}

test('however the bytes are cut, the events are the same', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => s.replace(/[\r\n]/g, ''))
  const event = fc.record({ named: fc.boolean(), lines: fc.array(text, { minLength: 1, maxLength: 3 }) })
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(400)),
      (events, end, cuts) => {
        const written = events
          .map(({ named, lines }) =>
            [
              ': comment',
              ...(named ? ['event: delta'] : []),
              ...lines.map((line) => `data: ${line}`),
              '',
              '',
            ].join(end),
          )
          .join('')
        const bytes = utf8.encode(written)
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const pieces = at.slice(1).map((stop, i) => bytes.subarray(at[i], stop))
        expect(read(pieces)).toEqual(events.map(({ lines }) => lines.join('\n')))
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

test('an event that no empty line ends counts, a field of another name does not', () => {
  expect(read([utf8.encode('id: 4\nretry\n\ndata:no space')])).toEqual(['no space'])
  expect(read([utf8.encode('data\ndata\n\n')])).toEqual(['\n'])
})

test('a line has a limit, in however many pieces it comes', () => {
  const piece = utf8.encode('x'.repeat(100))
  const parser = new EventParser(1000)
  for (let pieces = 0; pieces < 10; pieces++) expect(parser.push(piece)).toEqual([])
  expect(() => parser.push(piece)).toThrow(RangeError)
  // Long events of short lines are not long lines.
  expect(read(Array.from({ length: 100 }, () => utf8.encode(`data: ${'y'.repeat(50)}\n`)))).toHaveLength(1)
})

test('bytes that are no text are read as what is left of them', () => {
  expect(read([Uint8Array.of(0xff, 0xfe), utf8.encode('\ndata: ok\n\n')])).toEqual(['ok'])
})
