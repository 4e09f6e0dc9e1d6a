/** Bytes and shapes from outside: whatever comes, the answer is one of ours and never a 500. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sayingModel, textParts } from './testing/models.ts'
import { gatewayOf, MODEL, post } from './testing/server.ts'

const app = gatewayOf(sayingModel(textParts(['Hel', 'lo'])))

async function checked(response: Response): Promise<number> {
  expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  expect([200, 400, 404]).toContain(response.status)
  const text = await response.text()
  if (response.status === 200 && text.startsWith('data: ')) expect(text).toMatch(/data: \[DONE\]\n\n$/)
  else expect(JSON.parse(text)).toHaveProperty(response.status === 200 ? 'choices' : 'error.code')
  return response.status
}

/** A value of the right shape most of the time, any JSON else. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() })

const part = fc.record({ type: mostly(fc.constant('text')), text: mostly(fc.string()) })
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
    stop: mostly(fc.array(fc.string({ minLength: 1 }), { maxLength: 2 })),
    temperature: mostly(fc.double({ min: 0, max: 2 })),
    response_format: mostly(fc.constantFrom({ type: 'text' }, { type: 'json_object' })),
    seed: mostly(fc.integer()),
    ['__proto__']: fc.jsonValue(),
  },
  { requiredKeys: ['model', 'messages'] },
)

test('requests of about the right shape are answered or refused', async () => {
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      const status = await checked(await post(app, body))
      seen.set(status, (seen.get(status) ?? 0) + 1)
    }),
    { seed: 1, numRuns: 400 },
  )
  // Both ways are walked, or the test looks at nothing.
  expect(seen.get(200)).toBeGreaterThan(40)
  expect(seen.get(400)).toBeGreaterThan(40)
})

test('any JSON and any bytes are refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (body) => {
      expect(await checked(await post(app, body))).toBe(400)
    }),
    { seed: 2, numRuns: 100 },
  )
})

test('JSON nested a hundred thousand deep is refused, not a stack overflow', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(await checked(await post(app, `{"model":"${MODEL}","messages":${deep}}`))).toBe(400)
  const user = '[{"role":"user","content":"hi"}]'
  const ignored = await post(app, `{"model":"${MODEL}","messages":${user},"metadata":${deep}}`)
  expect(await checked(ignored)).toBe(200)
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
