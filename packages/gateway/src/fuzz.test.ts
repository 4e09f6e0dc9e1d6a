/** Bytes and shapes from outside: whatever comes, the answer is one of ours and never a 500. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { embeddingModel, sayingModel, textParts } from './testing/models.ts'
import { gatewayOf, MODEL, post } from './testing/server.ts'

const app = gatewayOf(sayingModel(textParts(['Hel', 'lo'])), { embeddings: [embeddingModel()] })

async function checked(response: Response, answer = 'choices'): Promise<number> {
  expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  expect([200, 400, 404]).toContain(response.status)
  const text = await response.text()
  if (response.headers.get('content-type')!.startsWith('text/event-stream'))
    expect(text).toMatch(/^(data|event): .*data: \[DONE\]\n\n$/s)
  else expect(JSON.parse(text)).toHaveProperty(response.status === 200 ? answer : 'error.code')
  return response.status
}

/** A value of the right shape most of the time, any JSON else. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() })

const url = fc.oneof(
  fc.constantFrom('data:image/png;base64,AAAA', 'https://a.example/x.png', 'file:///etc/passwd'),
  fc.string(),
)
const part = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ type: mostly(fc.constant('text')), text: mostly(fc.string()) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('image_url'), image_url: mostly(fc.record({ url })) }),
  },
)
const content = mostly(fc.oneof(fc.string(), fc.array(part, { minLength: 1, maxLength: 2 })))
const call = fc.record({
  id: mostly(fc.constantFrom('a', 'b')),
  type: mostly(fc.constant('function')),
  function: mostly(fc.record({ name: fc.constant('f'), arguments: fc.oneof(fc.json(), fc.string()) })),
})
const message = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content }),
  fc.record({
    role: fc.constant('assistant'),
    content,
    tool_calls: mostly(fc.array(call, { maxLength: 2 })),
  }),
  fc.record({ role: fc.constant('tool'), content, tool_call_id: fc.constantFrom('a', 'b') }),
)
const tool = fc.record({
  type: fc.constant('function'),
  function: mostly(
    fc.record({ name: fc.constantFrom('f', 'g'), parameters: fc.dictionary(fc.string(), fc.jsonValue()) }),
  ),
})
const request = fc.record(
  {
    model: mostly(fc.constant(MODEL)),
    messages: mostly(fc.array(message, { minLength: 1, maxLength: 4 })),
    tools: mostly(fc.array(tool, { maxLength: 2 })),
    tool_choice: mostly(fc.constantFrom('none', 'auto', null)),
    stream: mostly(fc.boolean()),
    stream_options: mostly(fc.record({ include_usage: fc.boolean() })),
    logprobs: mostly(fc.boolean()),
    top_logprobs: mostly(fc.constant(0)),
    reasoning_effort: mostly(fc.constantFrom('none', 'low', null)),
    user: mostly(fc.string({ minLength: 1 })),
    stop: mostly(fc.array(fc.string({ minLength: 1 }), { maxLength: 2 })),
    temperature: mostly(fc.double({ min: 0, max: 2 })),
    response_format: mostly(fc.constantFrom({ type: 'text' }, { type: 'json_object' })),
    seed: mostly(fc.integer()),
    ['__proto__']: fc.jsonValue(),
  },
  { requiredKeys: ['model', 'messages'] },
)

const itemPart = fc.oneof(
  fc.record({ type: mostly(fc.constantFrom('input_text', 'output_text')), text: mostly(fc.string()) }),
  fc.record({ type: fc.constant('input_image'), image_url: mostly(url) }),
  fc.record({ type: fc.constant('input_file'), file_data: mostly(url), filename: mostly(fc.string()) }),
)
const itemContent = mostly(fc.oneof(fc.string(), fc.array(itemPart, { maxLength: 2 })))
const item = fc.oneof(
  fc.record(
    {
      type: mostly(fc.constant('message')),
      role: fc.constantFrom('system', 'developer', 'user', 'assistant'),
      content: itemContent,
    },
    { requiredKeys: ['role', 'content'] },
  ),
  fc.record({
    type: fc.constant('function_call'),
    call_id: mostly(fc.constantFrom('a', 'b')),
    name: fc.constant('f'),
    arguments: mostly(fc.oneof(fc.json(), fc.string())),
  }),
  fc.record({
    type: fc.constant('function_call_output'),
    call_id: fc.constantFrom('a', 'b'),
    output: itemContent,
  }),
  fc.record({ type: fc.constant('reasoning'), summary: mostly(fc.array(fc.record({ text: fc.string() }))) }),
  fc.record({ type: fc.constant('item_reference'), id: mostly(fc.string()) }),
)
const responsesRequest = fc.record(
  {
    model: mostly(fc.constant(MODEL)),
    input: mostly(fc.oneof(fc.string(), fc.array(item, { minLength: 1, maxLength: 4 }))),
    instructions: mostly(fc.string()),
    tools: mostly(fc.array(fc.record({ type: fc.constant('function'), name: fc.constantFrom('f', 'g') }))),
    tool_choice: mostly(fc.constantFrom('none', 'auto', null)),
    text: mostly(fc.constantFrom({ format: { type: 'text' } }, { format: null }, {})),
    stream: mostly(fc.boolean()),
    store: mostly(fc.boolean()),
    include: mostly(fc.constant(['message.output_text.logprobs'])),
    metadata: mostly(fc.dictionary(fc.string(), fc.string())),
    previous_response_id: mostly(fc.constant(null)),
    background: mostly(fc.constant(false)),
    ['__proto__']: fc.jsonValue(),
  },
  { requiredKeys: ['model', 'input'] },
)
const embeddingsRequest = fc.record(
  {
    model: mostly(fc.constant(MODEL)),
    input: mostly(fc.oneof(fc.string({ minLength: 1 }), fc.array(fc.string(), { maxLength: 3 }))),
    encoding_format: mostly(fc.constantFrom('float', 'base64', null)),
    dimensions: mostly(fc.integer({ min: 1, max: 4 })),
  },
  { requiredKeys: ['model', 'input'] },
)
const feedback = fc.oneof(
  fc.record({ score: mostly(fc.double({ min: 0, max: 1, noNaN: true })) }),
  fc.record({ correct: mostly(fc.boolean()) }),
  fc.record({ score: fc.double(), correct: fc.boolean() }),
)

const routes = [
  ['/v1/chat/completions', 'choices', request],
  ['/v1/responses', 'output', responsesRequest],
  ['/v1/embeddings', 'data', embeddingsRequest],
  ['/v1/receipts/rcpt_1/feedback', 'judged', feedback],
] as const

test.each(routes)(
  '%s: requests of about the right shape are answered or refused',
  async (path, answer, body) => {
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(body as fc.Arbitrary<unknown>, async (value) => {
        const status = await checked(await post(app, value, {}, path), answer)
        seen.set(status, (seen.get(status) ?? 0) + 1)
      }),
      { seed: 1, numRuns: 400 },
    )
    // Both ways are walked, or the test looks at nothing.
    expect(seen.get(200)).toBeGreaterThan(40)
    expect(seen.get(400)).toBeGreaterThan(40)
  },
)

test.each(routes)('%s: any JSON and any bytes are refused', async (path) => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (body) => {
      expect(await checked(await post(app, body, {}, path))).toBe(400)
    }),
    { seed: 2, numRuns: 100 },
  )
})

test('JSON nested a hundred thousand deep is refused, not a stack overflow', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(await checked(await post(app, `{"model":"${MODEL}","messages":${deep}}`))).toBe(400)
  const user = '[{"role":"user","content":"hi"}]'
  for (const depth of [300, 5000, 100_000]) {
    const nested = '['.repeat(depth) + ']'.repeat(depth)
    const parameters = `{"type":"object","properties":{"a":${nested}}}`
    const tools = `[{"type":"function","function":{"name":"f","parameters":${parameters}}}]`
    const body = `{"model":"${MODEL}","messages":${user},"tools":${tools}}`
    expect(await checked(await post(app, body))).toBe(400)
    const kept = `{"model":"${MODEL}","input":"hi","store":true,"metadata":{"a":${nested}}}`
    expect(await checked(await post(app, kept, {}, '/v1/responses'))).toBe(400)
  }
  const flat = '['.repeat(200) + ']'.repeat(200)
  expect(
    await checked(await post(app, `{"model":"${MODEL}","messages":${user},"metadata":{"a":${flat}}}`)),
  ).toBe(200)
})

test('any header of a task and any path is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 40 }), fc.webPath(), async (text, path) => {
      const task = text.replace(/[^\x21-\x7e]/g, '-')
      expect(
        (
          await post(
            app,
            { model: MODEL, messages: [{ role: 'user', content: 'x' }] },
            { 'x-edgewise-task': task },
          )
        ).status,
      ).toBe(200)
      expect((await app.request(`/v1${path}`)).status).toBeLessThan(500)
    }),
    { seed: 3, numRuns: 100 },
  )
})
