/**
 * What every runtime is put through, by its adapter: a streamed answer, one that is given up, JSON, a tool, a prompt that is too long. It
 * asserts what the adapter says the runtime can do, and gives what was seen as a row for people.
 */
import assert from 'node:assert/strict'
import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider'
import type { DeviceModel } from '../packages/edgewise/src/device/device-model.ts'

export interface Expected {
  /** What the engine says on the same weights; null for other weights (eight bits made by another converter). */
  readonly text: string | null
  readonly meanLogprob: number
  /**
   * Whether a call of a tool is to come: the model's template knows no tools and it is too small to make one of itself, so it takes a
   * constraint of the runtime. `taken`: the call with tools is answered, with whatever.
   */
  readonly tools: 'enforced' | 'taken' | 'not tried'
}

export interface Seen {
  readonly pieces: number
  readonly text: string
  readonly logprobs: string
  readonly json: string
  readonly tools: string
  readonly cancel: string
  readonly cached: string
  readonly length: string
  readonly tooLong: string
}

const conversation = (text: string): LanguageModelV4CallOptions['prompt'] => [
  { role: 'system', content: 'complete' },
  { role: 'user', content: [{ type: 'text', text }] },
]

export const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: conversation('Copy a file to'),
  maxOutputTokens: 12,
  temperature: 0,
  ...options,
})

export async function drive(device: DeviceModel, expected: Expected): Promise<Seen> {
  const streamed = await stream(device)
  const { pieces, text, finish } = streamed
  assert.ok(pieces > 1 || text.length === 0 || expected.text === null, 'the answer came in pieces')
  if (expected.text !== null) assert.equal(text.trim(), expected.text.trim())

  const meanLogprob = finish.providerMetadata?.edgewise?.meanLogprob as number | undefined
  const gives = device.facts?.givesLogprobs !== false
  assert.equal(meanLogprob !== undefined, gives, 'log-probabilities come where the facts say so')
  if (meanLogprob !== undefined && expected.text !== null) {
    assert.ok(
      Math.abs(meanLogprob - expected.meanLogprob) < 0.05,
      `${meanLogprob} is near ${expected.meanLogprob}`,
    )
  }
  const again = await device.doGenerate(call())
  const { inputTokens } = again.usage
  return {
    pieces,
    text,
    logprobs: gives ? `mean ${meanLogprob!.toFixed(4)}${streamed.margins ? ', margins' : ''}` : 'none',
    json: await json(device),
    tools: expected.tools === 'not tried' ? 'not tried' : await tools(device, expected.tools),
    cancel: await cancel(device),
    cached:
      inputTokens.cacheRead === undefined ? 'not told' : `${inputTokens.cacheRead} of ${inputTokens.total}`,
    length: again.finishReason.unified,
    tooLong: await tooLong(device),
  }
}

async function stream(device: DeviceModel) {
  const { stream } = await device.doStream(call())
  let text = ''
  let pieces = 0
  let margins = 0
  for await (const part of stream) {
    if (part.type === 'text-delta') {
      text += part.delta
      pieces++
      if (part.providerMetadata?.edgewise?.margin !== undefined) margins++
    }
    if (part.type === 'finish') return { text, pieces, margins, finish: part }
  }
  throw new Error('no finish part')
}

async function json(device: DeviceModel): Promise<string> {
  const asked = call({
    maxOutputTokens: 60,
    responseFormat: {
      type: 'json',
      schema: {
        type: 'object',
        properties: { done: { type: 'boolean' }, size: { enum: ['small', 'large'] } },
        required: ['done', 'size'],
        additionalProperties: false,
      },
    },
  })
  if (device.facts?.lacks('', asked).length) return 'in words'
  const text = textOf(await device.doGenerate(asked))
  const value = JSON.parse(text) as { done: unknown; size: unknown }
  assert.equal(typeof value.done, 'boolean')
  assert.ok(['small', 'large'].includes(value.size as string))
  return text.replaceAll(/\s+/g, ' ')
}

async function tools(device: DeviceModel, expected: 'enforced' | 'taken'): Promise<string> {
  const { content, finishReason } = await device.doGenerate(
    call({
      maxOutputTokens: 120,
      tools: [
        {
          type: 'function',
          name: 'copy',
          inputSchema: {
            type: 'object',
            properties: { to: { enum: ['disk', 'tape'] } },
            required: ['to'],
            additionalProperties: false,
          },
        },
      ],
      toolChoice: { type: 'required' },
    }),
  )
  const called = content.find((part) => part.type === 'tool-call')
  if (expected === 'taken' && !called) return 'answered with text'
  assert.ok(called, 'a tool was called')
  assert.equal(finishReason.unified, 'tool-calls')
  const input = JSON.parse(called.input)
  assert.ok(['disk', 'tape'].includes(input.to))
  return `${called.toolName}(${called.input.replaceAll(/\s+/g, '')})`
}

/** Gives up after the second piece, then asks again. The next answer tells that the runtime is free. */
async function cancel(device: DeviceModel): Promise<string> {
  const stop = new AbortController()
  const reason = new Error('given up')
  const { stream } = await device.doStream(call({ maxOutputTokens: 400, abortSignal: stop.signal }))
  const reader = stream.getReader()
  let pieces = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return 'had ended'
      if (value.type === 'text-delta' && ++pieces === 2) stop.abort(reason)
    }
  } catch (error) {
    assert.equal(error, reason)
  }
  const next = await device.doGenerate(call({ maxOutputTokens: 2, abortSignal: AbortSignal.timeout(30_000) }))
  assert.ok(next.finishReason.unified)
  return 'yes'
}

async function tooLong(device: DeviceModel): Promise<string> {
  const prompt = conversation('a file of words '.repeat(400))
  const result = await Promise.resolve(
    device.doGenerate(call({ prompt, maxOutputTokens: 2, abortSignal: AbortSignal.timeout(30_000) })),
  ).catch((error: { code?: string }) => error)
  return 'content' in result ? 'answered all the same' : (result.code ?? String(result))
}

const textOf = ({ content }: LanguageModelV4GenerateResult): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('')
