import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startRehearsal } from '../rehearsal.ts'
import { parseScript } from '../script/parse-script.ts'
import { framesOf, post, rehearsing, textOfFrames } from '../testing/ask.ts'
import { SseReader } from './sse-reader.ts'

test('events are the same however their bytes are cut', () => {
  const text = ': hi\n\ndata: {"a":1}\n\nevent: x\r\ndata: two\r\ndata: lines\r\n\r\ndata: [DONE]\n\n'
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 80, maxLength: 80 }), (sizes) => {
      const reader = new SseReader()
      const events: string[] = []
      let at = 0
      for (const size of sizes) {
        events.push(...reader.push(text.slice(at, at + size)))
        at += size
      }
      events.push(...reader.push(text.slice(at)))
      expect(events).toEqual(['{"a":1}', 'two\nlines', '[DONE]'])
    }),
    { seed: 5 },
  )
})

test('a line of 2 MiB in pieces of 16 characters is read: one that looks at all of it at each piece would not come to its end', () => {
  const reader = new SseReader()
  const piece = 'x'.repeat(16)
  const events = reader.push('data: ')
  for (let i = 0; i < 2 ** 17; i++) events.push(...reader.push(piece))
  events.push(...reader.push('\n\n'))
  expect(events.map((event) => event.length)).toEqual([2 ** 21])
})

test('an event beyond the limit, in one line or in many, is the end of what is read', () => {
  for (const text of ['x'.repeat(1000), `data: ${'x'.repeat(1000)}\n`, 'id: y\n']) {
    const reader = new SseReader()
    expect(reader.push('data: a\n\ndata: ')).toEqual(['a'])
    for (let i = 0; i < (4 * 2 ** 20) / text.length; i++) reader.push(text)
    expect(reader.push('\n\ndata: b\n\n')).toEqual([])
  }
})

test('an answer with an event too long to be held is passed on, and not recorded', async () => {
  await using real = await rehearsing([{ answer: { text: ['x'.repeat(5 * 2 ** 20), ' end'] } }])
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  const file = join(folder, 'script.json')
  await using recorder = await startRehearsal({ record: { url: real.baseURL, file } })
  const frames = await framesOf(await post(recorder, { stream: true }))
  expect(textOfFrames(frames)).toHaveLength(5 * 2 ** 20 + 4)
  expect(parseScript(await readFile(file, 'utf8')).rules).toEqual([])
  await rm(folder, { recursive: true })
})
