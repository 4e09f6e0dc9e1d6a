import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SseEvent, sseEvents } from './sse.ts'

const bounds = { origin: 'http://127.0.0.1', maxLineBytes: 1000, maxBytes: 100_000, idleMs: 1000 }

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
}

async function read(pieces: readonly Uint8Array[]): Promise<SseEvent[]> {
  const events: SseEvent[] = []
  for await (const event of sseEvents(streamOf(pieces), bounds)) events.push(event)
  return events
}

test('however the bytes are cut, the events are the same', async () => {
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => s.replace(/[\r\n]/g, ''))
  const event = fc.record({
    name: fc.constantFrom('', 'delta'),
    lines: fc.array(text, { minLength: 1, maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 5 }),
      lineEnd,
      fc.array(fc.nat(400)),
      async (events, end, cuts) => {
        const written = events
          .map(({ name, lines }) =>
            [
              ': comment',
              ...(name ? [`event: ${name}`] : []),
              ...lines.map((line) => `data: ${line}`),
              '',
              '',
            ].join(end),
          )
          .join('')
        const bytes = new TextEncoder().encode(written)
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const pieces = at.slice(1).map((stop, i) => bytes.subarray(at[i], stop))
        expect(await read(pieces)).toEqual(
          events.map(({ name, lines }) => ({ event: name || 'message', data: lines.join('\n') })),
        )
      },
    ),
    { seed: 7, numRuns: 200 },
  )
})

test('an event that no empty line ends counts, a field of another name does not', async () => {
  const bytes = new TextEncoder().encode('id: 4\nretry\n\ndata:no space')
  expect(await read([bytes])).toEqual([{ event: 'message', data: 'no space' }])
})
