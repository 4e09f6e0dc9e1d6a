/** An outside judge: every probe of compatcanary against a gateway on a real socket. */
import { scanEndpoint } from 'compatcanary'
import { expect, test } from 'vitest'
import { sayingModel, textParts, toolParts } from './testing/models.ts'
import { MODEL, serve } from './testing/server.ts'

test('all probes pass', async () => {
  // What a model that does as it is told would say: a call when there is a tool, JSON when there is a schema.
  const text = sayingModel(textParts(['CANARY', '_OK']))
  const json = sayingModel(textParts(['{"status":"ok"}']))
  const [, ...call] = toolParts()
  const tool = sayingModel(
    call.map((part) =>
      part.type === 'tool-call'
        ? { ...part, toolName: 'compatcanary_echo', input: '{"value":"CANARY_OK"}' }
        : part,
    ),
  )
  const pick = (options: { tools?: readonly unknown[]; responseFormat?: { type: string } }): typeof text => {
    if (options.tools !== undefined) return tool
    return options.responseFormat?.type === 'json' ? json : text
  }
  await using server = await serve({
    ...text,
    doGenerate: (options) => pick(options).doGenerate(options),
    doStream: (options) => pick(options).doStream(options),
  })
  const report = await scanEndpoint({
    baseUrl: `${server.url}/v1`,
    model: MODEL,
    apiKey: 'none',
    profile: 'modern',
    timeoutMs: 10_000,
  })
  expect(report.results.map(({ id, status }) => [id, status])).toEqual(
    [
      'models.list',
      'chat.basic',
      'chat.streaming',
      'chat.tool_call',
      'chat.structured_output',
      'responses.basic',
      'responses.streaming',
    ].map((id) => [id, 'pass']),
  )
})
