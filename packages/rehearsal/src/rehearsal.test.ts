import { expect, test } from 'vitest'
import { startRehearsal } from './rehearsal.ts'
import { ask, framesOf, post, rehearsing, textOfFrames, until } from './testing/ask.ts'

test('without a script the answer says what it is, and every header and name does', async () => {
  await using rehearsal = await rehearsing()
  const response = await post(rehearsal)
  expect(response.headers.get('x-edgewise-rehearsal')).toBe('1')
  expect(await response.json()).toMatchObject({
    object: 'chat.completion',
    model: 'gpt-rehearsal',
    choices: [
      {
        finish_reason: 'stop',
        message: {
          role: 'assistant',
          content: expect.stringMatching(/^This is a rehearsal: no model was asked/),
        },
      },
    ],
    usage: { prompt_tokens: 2, total_tokens: expect.any(Number) },
  })
})

test.each([1, 5, 40, 700])('a limit of %i tokens is what a default answer has', async (maxTokens) => {
  await using rehearsal = await rehearsing()
  const { choices, usage } = await ask(rehearsal, { max_completion_tokens: maxTokens, max_tokens: 9 })
  expect(usage!.completion_tokens).toBe(maxTokens)
  expect(choices[0]!.finish_reason).toBe('length')
})

test('a stream has the role first, the text in tokens, a finish, usage when asked for, and [DONE]', async () => {
  await using rehearsal = await rehearsing([{ answer: 'You wrote: {{user}}' }])
  const response = await post(rehearsal, { stream: true, stream_options: { include_usage: true } })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const frames = await framesOf(response)
  expect(textOfFrames(frames)).toBe('You wrote: hi there')
  expect(JSON.parse(frames[0]!).choices[0].delta).toEqual({ role: 'assistant', content: '' })
  expect(JSON.parse(frames[1]!).choices[0].delta).toEqual({ content: 'You' })
  expect(JSON.parse(frames.at(-3)!).choices[0].finish_reason).toBe('stop')
  expect(JSON.parse(frames.at(-2)!)).toMatchObject({ choices: [], usage: { completion_tokens: 6 } })
  expect(frames.at(-1)).toBe('[DONE]')
  expect(frames.slice(0, -1).every((frame) => JSON.parse(frame).model === 'gpt-rehearsal')).toBe(true)
  const without = await framesOf(await post(rehearsal, { stream: true }))
  expect(without).toHaveLength(frames.length - 1)
})

test('models, one model, and none of that name', async () => {
  const price = { inputPerMTok: 1, outputPerMTok: 4 }
  await using rehearsal = await startRehearsal({ models: ['a', 'b-rehearsal'], price })
  const get = async (path: string): Promise<unknown> => (await fetch(`${rehearsal.baseURL}/${path}`)).json()
  expect(await get('models')).toMatchObject({ data: [{ id: 'a-rehearsal', price }, { id: 'b-rehearsal' }] })
  expect(await get('models/a-rehearsal')).toMatchObject({ id: 'a-rehearsal' })
  expect(await get('models/c')).toMatchObject({ error: { code: 'not_found' } })
})

test.each([
  ['not JSON', '{', 'the body'],
  ['no messages', '{"model":"m","messages":[]}', 'messages'],
  ['a limit below 1', '{"model":"m","messages":[{"role":"user"}],"max_tokens":0}', 'max_tokens'],
])('a body that is %s is refused where it is wrong', async (_, body, place) => {
  await using rehearsal = await rehearsing()
  const response = await fetch(`${rehearsal.baseURL}/chat/completions`, { method: 'POST', body })
  expect(response.status).toBe(400)
  expect(response.headers.get('x-edgewise-rehearsal')).toBe('1')
  const { error } = (await response.json()) as { error: { message: string } }
  expect(error.message).toMatch(new RegExp(`^${place}`))
  expect(rehearsal.counts.refused).toBe(1)
})

test('what came in can be looked at; a client that leaves is known', async () => {
  await using rehearsal = await rehearsing([{ when: { contains: 'slow' }, firstTokenMs: 60_000 }])
  await ask(rehearsal)
  const stop = new AbortController()
  const slow = post(rehearsal, { messages: [{ role: 'user', content: 'SLOW' }], stream: true }, stop.signal)
  await (await slow).body!.getReader().read()
  stop.abort()
  await until(() => rehearsal.counts.abandoned === 1)
  expect(rehearsal.counts).toMatchObject({ answered: 1, abandoned: 1, faulted: 0 })
  expect(rehearsal.requests.map(({ outcome }) => outcome)).toEqual(['answered', 'abandoned'])
  expect(rehearsal.requests[0]!.headers.authorization).toBe('Bearer secret-of-a-test')
  expect(JSON.parse(rehearsal.requests[0]!.body)).toMatchObject({ model: 'gpt' })
})

test.each([
  ['the server', {}, { firstTokenMs: 1, tokenMs: 60_000 }],
  ['the rule, before the server', { firstTokenMs: 1, tokenMs: 60_000 }, { firstTokenMs: 60_000 }],
])('the pace is that of %s', async (_, rule, options) => {
  await using rehearsal = await rehearsing([{ answer: { text: ['one ', 'two'] }, ...rule }], options)
  const stop = new AbortController()
  let text = ''
  const streamed = post(rehearsal, { stream: true }, stop.signal).then(async (response) => {
    for await (const bytes of response.body!) text += Buffer.from(bytes).toString()
  })
  const whole = post(rehearsal, {}, stop.signal)
  await until(() => text.includes('one'))
  expect(text).not.toContain('two')
  expect(rehearsal.counts.answered).toBe(0)
  stop.abort()
  await expect(streamed).rejects.toThrow()
  await expect(whole).rejects.toThrow()
})

test('closing cuts what runs and frees the port, which nobody else can have before', async () => {
  const rehearsal = await rehearsing([], { firstTokenMs: 60_000 })
  const running = post(rehearsal, { stream: true }).then((response) => response.text())
  running.catch(() => {})
  await until(() => rehearsal.requests.length === 1)
  await expect(startRehearsal({ port: rehearsal.port })).rejects.toMatchObject({ code: 'port_in_use' })
  await rehearsal.close()
  await expect(running).rejects.toThrow()
  await using again = await startRehearsal({ port: rehearsal.port })
  expect((await ask(again)).model).toBe('gpt-rehearsal')
})

test('the log has a line a request and no text of it', async () => {
  const lines: string[] = []
  await using rehearsal = await rehearsing([], { log: (line) => lines.push(line) })
  await ask(rehearsal, { messages: [{ role: 'user', content: 'private words' }] })
  await until(() => lines.length > 0)
  expect(lines).toEqual([expect.stringMatching(/^POST \/v1\/chat\/completions 200 answered \d+ ms$/)])
})
