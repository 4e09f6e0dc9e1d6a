import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finishPart, textParts, thinkingParts, toolParts } from '../testing/models.ts'
import type { OutputItem, ResponseResource } from './resource.ts'
import { STARTED, toResource } from './resource.ts'
import { type ResponseEvent, ResponseEvents } from './to-events.ts'

const start = toResource({ model: 'm', input: 'hi' }, { id: 'resp_1', createdAt: 1, model: 'm' })

function eventsOf(parts: readonly LanguageModelV4StreamPart[], logprobs = false): ResponseEvent[] {
  const options = { logprobs, base: '1', edgewise: () => ({}), onFinished: () => {} }
  const events = new ResponseEvents(start, options)
  return parts.flatMap((part) => events.part(part))
}

const typesOf = (parts: readonly LanguageModelV4StreamPart[]): string[] =>
  eventsOf(parts).map(({ type }) => type.replace(/^response\./, ''))

const lastOf = (events: readonly ResponseEvent[]): ResponseResource =>
  events.at(-1)!.response as ResponseResource

test('a text opens an item and a part in it, and closes both', () => {
  expect(typesOf(textParts(['Hel', 'lo']))).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ])
  const events = eventsOf(textParts(['Hel', 'lo']))
  expect(events[2]).toMatchObject({ item: { id: 'msg_1_0', status: 'in_progress', content: [] } })
  expect(events[4]).toMatchObject({ item_id: 'msg_1_0', output_index: 0, content_index: 0, delta: 'Hel' })
  expect(lastOf(events)).toMatchObject({
    id: 'resp_1',
    status: 'completed',
    output: [{ id: 'msg_1_0', status: 'completed', content: [{ type: 'output_text', text: 'Hello' }] }],
    usage: {
      input_tokens: 7,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 10,
    },
  })
})

test('a call has its arguments as deltas and whole', () => {
  expect(typesOf(toolParts()).slice(2)).toEqual([
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ])
  expect(lastOf(eventsOf(toolParts())).output).toEqual([
    {
      type: 'function_call',
      id: 'fc_1_0',
      call_id: 'call_1',
      name: 'weather',
      arguments: '{"city":"Kraków"}',
      status: 'completed',
    },
  ])
})

test('thoughts are an item of their own, before the text', () => {
  const events = eventsOf(thinkingParts())
  expect(events.map(({ type }) => type)).toContain('response.reasoning_summary_text.delta')
  expect(lastOf(events).output).toEqual([
    {
      type: 'reasoning',
      id: 'rs_1_0',
      status: 'completed',
      summary: [{ type: 'summary_text', text: 'six times seven' }],
    },
    expect.objectContaining({ type: 'message', id: 'msg_1_1' }),
  ])
})

const call = (id: string): LanguageModelV4StreamPart => ({
  type: 'tool-call',
  toolCallId: id,
  toolName: 'f',
  input: '{}',
})

test('calls without deltas come whole, those of the provider not at all, text encoding with the call', () => {
  const parts: LanguageModelV4StreamPart[] = [
    call('a'),
    { type: 'tool-input-start', id: 's', toolName: 'search', providerExecuted: true },
    { type: 'tool-input-delta', id: 's', delta: 'x' },
    { type: 'tool-call', toolCallId: 's', toolName: 'search', input: '{}', providerExecuted: true },
    { type: 'tool-input-start', id: 'b', toolName: 'f', inputEncoding: 'text' },
    { type: 'tool-input-delta', id: 'b', delta: 'say "hi"' },
    { type: 'tool-call', toolCallId: 'b', toolName: 'f', input: '"say \\"hi\\""' },
    finishPart({ finishReason: { unified: 'tool-calls', raw: undefined } }),
  ]
  expect(lastOf(eventsOf(parts)).output).toMatchObject([
    { call_id: 'a', arguments: '{}' },
    { call_id: 'b', arguments: '"say \\"hi\\""' },
  ])
})

test.each([
  ['length', 'max_output_tokens'],
  ['content-filter', 'content_filter'],
] as const)('an answer cut off by %s is incomplete, and so is its last item alone', (unified, reason) => {
  const parts = textParts(['Hel'], { finishReason: { unified, raw: undefined } })
  const events = eventsOf([call('a'), ...parts])
  expect(lastOf(events)).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason },
    completed_at: null,
    output: [{ status: 'completed' }, { status: 'incomplete' }],
  })
  expect(events.at(-1)!.type).toBe('response.incomplete')
  expect(events.filter(({ type }) => type === 'response.output_item.done')).toMatchObject([
    { item: { status: 'completed' } },
    { item: { status: 'incomplete' } },
  ])
})

test('tokens have their log-probabilities when they are asked for', () => {
  const events = eventsOf(textParts(['Zaż']), true)
  const token = { token: 'Zaż', logprob: -0.1, bytes: [90, 97, 197, 188], top_logprobs: [] }
  expect(events.find(({ type }) => type === 'response.output_text.delta')).toMatchObject({
    logprobs: [token],
  })
  expect(lastOf(events).output).toMatchObject([{ content: [{ logprobs: [token] }] }])
})

test('an answer that breaks off is an error and a failed response, its open item incomplete', () => {
  const options = { logprobs: false, base: '1', edgewise: () => ({}), onFinished: () => {} }
  const events = new ResponseEvents(start, options)
  for (const part of textParts(['Hel']).slice(0, 4)) events.part(part)
  const error = { message: 'broke off', type: 'server_error' as const, code: 'cloud_broken', param: null }
  expect(events.fail({ error })).toEqual([
    { type: 'error', sequence_number: 5, code: 'cloud_broken', message: 'broke off', param: null, error },
    {
      type: 'response.failed',
      sequence_number: 6,
      response: {
        ...start,
        ...STARTED,
        status: 'failed',
        error: { code: 'cloud_broken', message: 'broke off' },
        output: [expect.objectContaining({ id: 'msg_1_0', status: 'incomplete' })],
      },
    },
  ])
  const interrupted = finishPart({ finishReason: { unified: 'interrupted', raw: undefined } })
  expect(() => eventsOf([interrupted])).toThrow(expect.objectContaining({ code: 'incomplete_answer' }))
})

/** Blocks of any kind, begun and ended in any order, also such as never end. */
const anyParts = fc.array(
  fc.oneof(
    ...(['text', 'reasoning'] as const).flatMap((kind) => [
      fc.constantFrom('a', 'b').map((id) => ({ type: `${kind}-start` as const, id })),
      fc
        .tuple(fc.constantFrom('a', 'b'), fc.string({ maxLength: 3 }))
        .map(([id, delta]) => ({ type: `${kind}-delta` as const, id, delta })),
      fc.constantFrom('a', 'b').map((id) => ({ type: `${kind}-end` as const, id })),
    ]),
    fc
      .uuid()
      .chain((id) =>
        fc.constantFrom<LanguageModelV4StreamPart[]>(
          [call(id)],
          [
            { type: 'tool-input-start', id, toolName: 'f' },
            { type: 'tool-input-delta', id, delta: '{}' },
            call(id),
          ],
          [{ type: 'tool-input-start', id, toolName: 'f' }],
        ),
      ),
  ),
  { maxLength: 12 },
)

test('whatever the parts: counted events, dense indices, each item opened once and closed once, the end as told', () => {
  fc.assert(
    fc.property(anyParts, (blocks) => {
      const events = eventsOf([...(blocks.flat() as LanguageModelV4StreamPart[]), finishPart()])
      expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
      const added = events.filter(({ type }) => type === 'response.output_item.added')
      expect(added.map((event) => event.output_index)).toEqual(added.map((_, index) => index))
      const done = events.filter(({ type }) => type === 'response.output_item.done')
      const { output } = lastOf(events)
      const byIndex = done.toSorted((a, b) => Number(a.output_index) - Number(b.output_index))
      expect(byIndex.map(({ item }) => item)).toEqual(output)
      expect(new Set(output.map((item: OutputItem) => item.id)).size).toBe(output.length)
      for (const event of events)
        if (event.item_id !== undefined)
          expect(event.item_id).toBe((added[Number(event.output_index)]!.item as OutputItem).id)
    }),
    { seed: 21, numRuns: 300 },
  )
})

test('a call without arguments is sent with empty ones: clients parse them', () => {
  const empty: LanguageModelV4StreamPart = { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '' }
  const begun: LanguageModelV4StreamPart = { type: 'tool-input-start', id: 'a', toolName: 'f' }
  for (const parts of [
    [empty, finishPart()],
    [begun, empty, finishPart()],
  ])
    expect(lastOf(eventsOf(parts)).output).toMatchObject([{ type: 'function_call', arguments: '{}' }])
})
