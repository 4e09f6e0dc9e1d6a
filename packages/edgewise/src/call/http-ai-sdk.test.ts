/** The router as a model of the AI SDK, with a real cloud behind it. */
import { generateText, Output, streamText } from 'ai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answers, breaksAfter, type Handler, startStream } from '../testing/cloud-server.ts'
import { onlyReceipt, setup } from '../testing/router-http-setup.ts'

describe('with the AI SDK', () => {
  const providerOptions = { edgewise: { task: 'job' } }

  test('generateText on the device', async () => {
    const { model, ledger } = await setup(answers('x'), { rule: { place: 'prefer-device' } })
    const result = await generateText({ model, prompt: 'hi', providerOptions })
    expect(result.text).toBe('from device')
    expect(result.providerMetadata!.edgewise).toMatchObject({ place: 'device', id: result.response.id })
    expect(result.usage.inputTokens).toBe(10)
    await onlyReceipt(ledger)
  })

  test('streamText through the cloud', async () => {
    const { model, ledger } = await setup(answers('from ', 'cloud'), { rule: { place: 'prefer-cloud' } })
    const result = streamText({ model, prompt: 'hi', providerOptions })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces).toEqual(['from ', 'cloud'])
    expect((await result.providerMetadata)!.edgewise).toMatchObject({ place: 'cloud' })
    expect((await result.response).modelId).toBe('cloud-model')
    await onlyReceipt(ledger)
  })

  test('a failure is not retried: one call, one receipt', async () => {
    const { model, ledger, server } = await setup((response) => response.writeHead(500).end(), {
      rule: { place: 'cloud-only' },
    })
    await expect(generateText({ model, prompt: 'hi', providerOptions })).rejects.toMatchObject({
      code: 'cloud_failed',
      status: 500,
    })
    expect(server.bodies).toHaveLength(1)
    await onlyReceipt(ledger)
  })

  test('an answer that breaks off is an error in the stream', async () => {
    const { model, ledger } = await setup(
      breaksAfter('half', (response) => response.socket!.resetAndDestroy()),
      { rule: { place: 'prefer-cloud' } },
    )
    const errors: unknown[] = []
    const result = streamText({
      model,
      prompt: 'hi',
      providerOptions,
      onError: ({ error }) => void errors.push(error),
    })
    let seen = ''
    for await (const part of result.fullStream) if (part.type === 'text-delta') seen += part.text
    expect(seen).toBe('half')
    expect(errors).toMatchObject([{ code: 'cloud_broken' }])
    expect(await result.finishReason).toBe('error')
    await onlyReceipt(ledger)
  })

  test('a tool call of the cloud goes through', async () => {
    const handler: Handler = (response) => {
      startStream(response)
      const delta = {
        tool_calls: [
          { index: 0, id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
        ],
      }
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`)
      response.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] })}\n\n`,
      )
      response.end('data: [DONE]\n\n')
    }
    const { model, server } = await setup(handler, { rule: { place: 'prefer-cloud' } })
    const tools = { add: { inputSchema: z.object({ a: z.number() }) } }
    const { toolCalls } = await generateText({ model, prompt: 'hi', providerOptions, tools })
    expect(toolCalls).toMatchObject([{ toolName: 'add', input: { a: 1 } }])
    expect(JSON.parse(server.bodies[0]!).tools).toHaveLength(1)
  })

  test('an object with a schema', async () => {
    const { model, server } = await setup(answers('{"a":', '1}'), { rule: { place: 'prefer-cloud' } })
    const { output } = await generateText({
      model,
      prompt: 'hi',
      providerOptions,
      output: Output.object({ schema: z.object({ a: z.number() }) }),
    })
    expect(output).toEqual({ a: 1 })
    expect(JSON.parse(server.bodies[0]!).response_format.type).toBe('json_schema')
  })

  test('a file at an address is not downloaded for a device-only task', async () => {
    const { model, server } = await setup(answers('x'), { rule: { place: 'device-only' } })
    const file = { type: 'file' as const, mediaType: 'image/png', data: new URL(`${server.baseURL}/a.png`) }
    const content = [{ type: 'text' as const, text: 'hi' }, file]
    const { text } = await generateText({ model, messages: [{ role: 'user', content }], providerOptions })
    expect(text).toBe('from device')
    expect(server.connections()).toBe(0)
  })

  test('an abort ends the stream', async () => {
    const { model, ledger } = await setup((response) => startStream(response), {
      rule: { place: 'prefer-cloud' },
    })
    const stop = new AbortController()
    const result = streamText({
      model,
      prompt: 'hi',
      providerOptions,
      abortSignal: stop.signal,
      onError: () => {},
    })
    setTimeout(() => stop.abort(), 30)
    const types: string[] = []
    for await (const part of result.fullStream) types.push(part.type)
    expect(types).toContain('abort')
    expect(await onlyReceipt(ledger)).toMatchObject({ error: 'aborted' })
  })
})
