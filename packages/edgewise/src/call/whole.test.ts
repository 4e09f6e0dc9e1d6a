/** An answer in one piece: when the cloud is asked for it so, and that nothing of it is lost. */
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { answers, type Handler } from '../testing/cloud-server.ts'
import { deviceAnswer } from '../testing/models.ts'
import { call, onlyReceipt, setup } from '../testing/router-http-setup.ts'

const streams = (body: string): boolean => JSON.parse(body).stream === true

describe('a whole answer', () => {
  test.each<[string, Rule, boolean]>([
    ['when nobody else could answer', { place: 'cloud-only' }, false],
    ['not when the device could', { place: 'prefer-cloud' }, true],
    [
      'not after the device',
      { place: 'prefer-device', escalate: [{ signal: 'minLogprob', threshold: 0 }] },
      true,
    ],
    [
      'not when its first word has a deadline',
      { place: 'cloud-only', deadlineMs: { firstToken: 5000 } },
      true,
    ],
  ])('is asked for in one piece %s', async (_, rule, streamed) => {
    const { model, server } = await setup(answers('from ', 'cloud'), { rule })
    const { content } = await model.doGenerate(call)
    expect(content).toEqual([{ type: 'text', text: 'from cloud' }])
    expect(streams(server.bodies[0]!)).toBe(streamed)
  })

  test('is streamed where the caller streams', async () => {
    const { model, server } = await setup(answers('x'), { rule: { place: 'cloud-only' } })
    for await (const _ of (await model.doStream(call)).stream);
    expect(streams(server.bodies[0]!)).toBe(true)
  })

  test('has reasoning, tool calls, usage and the place, as a stream has', async () => {
    const message = {
      role: 'assistant',
      content: 'text',
      reasoning_content: 'thought',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
    }
    const handler: Handler = (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          id: 'x',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
          usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
        }),
      )
    const { model, ledger } = await setup(handler, { rule: { place: 'cloud-only' } })
    const result = await model.doGenerate(call)
    expect(
      result.content.map((item) => ('text' in item ? item.text : 'input' in item ? item.input : item.type)),
    ).toEqual(expect.arrayContaining(['text', 'thought', '{"a":1}']))
    expect(result.finishReason.unified).toBe('tool-calls')
    expect(await onlyReceipt(ledger)).toMatchObject({ inputTokens: 7, outputTokens: 3, place: 'cloud' })
  })

  test('that takes too long is a stall, by a limit of its own', async () => {
    const { model, ledger } = await setup(() => {}, {
      rule: { place: 'cloud-only' },
      device: deviceAnswer(0, 'x'),
      cloud: { wholeMs: 60, firstTokenMs: 5 },
    })
    await expect(model.doGenerate(call)).rejects.toMatchObject({ code: 'cloud_failed' })
    expect(await onlyReceipt(ledger)).toMatchObject({
      attempts: [{ code: 'stalled', note: 'no output within 60 ms' }],
    })
  })
})
