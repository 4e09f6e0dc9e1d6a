import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { sayingModel, textParts } from '../testing/models.ts'
import { openStream } from './open-stream.ts'

/** A model that keeps its stream open after its parts, and tells whether the stream was cancelled. */
function openEnded(parts: readonly LanguageModelV4StreamPart[]): {
  model: LanguageModelV4
  cancelled: () => boolean
} {
  let cancelled = false
  const stream = new ReadableStream<LanguageModelV4StreamPart>({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
    },
    cancel() {
      cancelled = true
    },
  })
  return { model: { ...sayingModel([]), doStream: async () => ({ stream }) }, cancelled: () => cancelled }
}

const options = { prompt: [] }
const { signal } = new AbortController()

test('the facts are those of the first output, and no part of it is lost', async () => {
  const opened = await openStream(sayingModel(textParts(['Hel', 'lo'])), options, signal)
  expect(opened.facts).toMatchObject({
    receipt: 'rcpt_1',
    model: 'edgewise-mini',
    place: 'device',
    task: 'summary',
  })
  const types: string[] = []
  for (let part = await opened.next(); part !== undefined; part = await opened.next()) types.push(part.type)
  expect(types).toEqual(['text-delta', 'text-delta', 'text-end', 'finish'])
})

test('an error before the first output is thrown and ends the stream', async () => {
  const error = new Error('x')
  const { model, cancelled } = openEnded([
    { type: 'stream-start', warnings: [] },
    { type: 'error', error },
  ])
  await expect(openStream(model, options, signal)).rejects.toBe(error)
  expect(cancelled()).toBe(true)
})

test('cancelling ends the stream', async () => {
  const { model, cancelled } = openEnded(textParts(['Hel', 'lo']).slice(0, -1))
  const opened = await openStream(model, options, signal)
  await opened.next()
  opened.cancel()
  expect(cancelled()).toBe(true)
})

test('the end of the signal ends the wait for a silent model', async () => {
  const { model, cancelled } = openEnded([])
  const abort = new AbortController()
  const opened = openStream(model, options, abort.signal)
  abort.abort(new Error('gone'))
  await expect(opened).rejects.toThrow('gone')
  expect(cancelled()).toBe(true)
})
