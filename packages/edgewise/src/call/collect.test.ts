import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { finish, text } from '../testing/models.ts'
import { collect, partsOf } from './collect.ts'
import { wholeParts } from './part-source.ts'

async function* stream(...parts: LanguageModelV4StreamPart[]): AsyncGenerator<LanguageModelV4StreamPart> {
  yield* parts
}

test('blocks in the order they began, without empty texts', async () => {
  const timestamp = new Date(0)
  const result = await collect(
    stream(
      { type: 'stream-start', warnings: [{ type: 'unsupported', feature: 'topK' }] },
      { type: 'response-metadata', id: 'r', modelId: 'm', timestamp },
      { type: 'reasoning-start', id: '0' },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'a' },
      { type: 'reasoning-delta', id: '0', delta: 'why' },
      { type: 'text-delta', id: '0', delta: 'b' },
      { type: 'reasoning-end', id: '0' },
      { type: 'text-end', id: '0' },
      { type: 'text-start', id: 'empty' },
      { type: 'text-end', id: 'empty' },
      { type: 'tool-input-start', id: 't', toolName: 'f' },
      { type: 'tool-input-end', id: 't' },
      { type: 'tool-call', toolCallId: 't', toolName: 'f', input: '{}' },
      finish({ meta: { x: { y: 1 } } }),
    ),
  )
  expect(result).toMatchObject({
    content: [
      { type: 'reasoning', text: 'why' },
      { type: 'text', text: 'ab' },
      { type: 'tool-call', toolCallId: 't', toolName: 'f', input: '{}' },
    ],
    warnings: [{ feature: 'topK' }],
    response: { id: 'r', modelId: 'm', timestamp },
    finishReason: { unified: 'stop' },
    providerMetadata: { x: { y: 1 } },
  })
  expect(result.content).toHaveLength(3)
})

test('what the parts of a block say for a provider is on the block, the latest last; what is said of its place is not', async () => {
  const { content } = await collect(
    stream(
      { type: 'reasoning-start', id: '0', providerMetadata: { cloud: { item: 'a', state: 'open' } } },
      { type: 'reasoning-delta', id: '0', delta: 'hm', providerMetadata: { signer: { signature: 's' } } },
      { type: 'reasoning-end', id: '0', providerMetadata: { cloud: { state: 'done' } } },
      {
        type: 'text-start',
        id: '1',
        providerMetadata: { edgewise: { place: 'cloud', task: 't', why: 'w' } },
      },
      { type: 'text-delta', id: '1', delta: 'hi', providerMetadata: { edgewise: { logprob: -1 } } },
      { type: 'text-end', id: '1' },
      finish(),
    ),
  )
  expect(content).toEqual([
    {
      type: 'reasoning',
      text: 'hm',
      providerMetadata: { cloud: { item: 'a', state: 'done' }, signer: { signature: 's' } },
    },
    { type: 'text', text: 'hi' },
  ])
})

test('a whole answer in parts is the same answer again', async () => {
  const whole = await collect(
    stream(
      { type: 'reasoning-start', id: '0', providerMetadata: { signer: { signature: 's' } } },
      { type: 'reasoning-delta', id: '0', delta: 'hm' },
      { type: 'reasoning-end', id: '0' },
      ...text('hi'),
      { type: 'tool-call', toolCallId: 't', toolName: 'f', input: '{}' },
      finish(),
    ),
  )
  expect(whole.content[0]).toHaveProperty('providerMetadata.signer.signature', 's')
  expect(await collect(stream(...wholeParts(whole)))).toEqual(whole)
})

test('an error part rejects with its error, after the end; no finish part rejects too', async () => {
  let ended = false
  async function* broken() {
    yield* stream(...text('a'), { type: 'error', error: new Error('first') }, finish({ reason: 'error' }))
    ended = true
  }
  await expect(collect(broken())).rejects.toThrow('first')
  expect(ended).toBe(true)
  await expect(collect(stream(...text('a')))).rejects.toMatchObject({ code: 'incomplete_answer' })
})

test('ending early cancels the stream', async () => {
  let cancelled = false
  const source = new ReadableStream<LanguageModelV4StreamPart>({
    pull: (controller) => controller.enqueue({ type: 'ping' }),
    cancel: () => {
      cancelled = true
    },
  })
  for await (const _ of partsOf(source)) break
  expect(cancelled).toBe(true)
})
