/** A model file as the device, for real: the command, the router, the gateway on a socket, and the client people use. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Receipt } from '@edgewise/evidence'
import OpenAI from 'openai'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { namedTemplates } from '../../engine/src/chat/named-templates.ts'
import { randomModel } from '../../engine/src/testing/random-model.ts'
import { openGateway } from './serve.ts'
import { openSystem } from './system.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-model-'))
const file = join(folder, 'noise-q8.gguf')
const chatml = namedTemplates.get('chatml')!
writeFileSync(
  file,
  randomModel({
    seed: 3,
    type: 'q8_0',
    contextLength: 2000,
    metadata: new Map([['tokenizer.chat_template', { type: 'string', value: chatml }]]),
  }),
)
afterAll(() => rmSync(folder, { recursive: true }))

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const env = { ...process.env, NO_COLOR: '1', EDGEWISE_LEDGER: join(folder, 'ledger.db') }
  const command = [process.execPath, '--conditions=edgewise-source', main, ...args] as const
  try {
    const { stdout, stderr } = await promisify(execFile)(command[0], command.slice(1), { cwd: folder, env })
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

describe('edgewise run --model', () => {
  test('the answer and its receipt', async () => {
    const { code, out, err } = await run('run', '--model', file, '--json', 'chat', 'hello')
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      text: expect.any(String),
      receipt: {
        task: 'chat',
        place: 'device',
        model: 'noise-q8',
        bytesOut: 0,
        signals: [{ name: 'meanLogprob' }],
      },
    })
  })

  test('beginnings of prompts are kept on disk when that is asked for, and only then', async () => {
    const system = {
      role: 'system' as const,
      content: 'You know all about the weather of the south. '.repeat(9),
    }
    const cache = join(folder, 'cache')
    vi.stubEnv('EDGEWISE_CACHE', cache)
    const cachedOf = async (keepPrefixes: boolean, content: string): Promise<number> => {
      using opened = await openSystem({ model: file, keepPrefixes })
      const { usage } = await opened.model.doGenerate({
        prompt: [system, { role: 'user', content: [{ type: 'text', text: content }] }],
        maxOutputTokens: 2,
      })
      return usage.inputTokens.cacheRead!
    }
    expect(await cachedOf(false, 'hello')).toBe(0)
    expect(existsSync(cache)).toBe(false)
    expect(await cachedOf(true, 'hello')).toBe(0)
    await expect
      .poll(() => readdirSync(join(cache, 'prefixes')).filter((name) => name.endsWith('.prefix')))
      .toHaveLength(1)
    expect(await cachedOf(true, 'is it cold?')).toBeGreaterThan(system.content.length / 2)
    vi.unstubAllEnvs()
  })

  test.each([
    ['a file that is not there', join(folder, 'none.gguf'), 'hub_not_pulled'],
    ['a model that was not pulled', 'hf:org/repo/model.gguf', 'hub_not_pulled'],
    ['a file that is no model', fileURLToPath(import.meta.url), 'bad_gguf'],
  ])('%s is a clear error', async (_, model, code) => {
    const result = await run('run', '--model', model, 'chat', 'hello')
    expect(result).toMatchObject({ code: 1, out: '' })
    expect(result.err).toContain(`(${code})`)
  })

  test('a task of the embedded model is none of a chat model’s', async () => {
    const { err } = await run('run', '--model', file, 'redact', 'hello')
    expect(err).toMatch(/"redact".*chat.*\(unknown_task\)/s)
  })
})

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Weather of a place',
      parameters: {
        type: 'object',
        properties: { city: { enum: ['Kraków', 'Łódź'] }, days: { type: 'integer', minimum: 1, maximum: 9 } },
        required: ['city', 'days'],
        additionalProperties: false,
      },
    },
  },
]
const schema = {
  type: 'object',
  properties: {
    label: { enum: ['spam', 'ham'] },
    words: { type: 'array', items: { type: 'string', maxLength: 5 }, maxItems: 3 },
  },
  required: ['label', 'words'],
  additionalProperties: false,
}
const ask = (content: string, more: object = {}) => ({
  model: 'edgewise',
  messages: [{ role: 'user' as const, content }],
  max_tokens: 300,
  temperature: 2,
  ...more,
})

describe('edgewise serve --model, and the openai client', async () => {
  const system = await openSystem({ model: file })
  const serving = await openGateway(system, { host: '127.0.0.1', port: 0 })
  const openai = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: 'none', maxRetries: 0 })
  afterAll(async () => {
    await serving.close()
    system[Symbol.dispose]()
  })

  test('a conversation, whole and streamed, the same', async () => {
    const call = ask('hello', { temperature: 0, max_tokens: 20 })
    const { data, response } = await openai.chat.completions.create(call).withResponse()
    expect(response.headers.get('x-edgewise-place')).toBe('device')
    expect(response.headers.get('x-edgewise-model')).toBe('noise-q8')
    const stream = openai.chat.completions.stream(call)
    expect(await stream.finalContent()).toBe(data.choices[0]!.message.content)
    const again = await openai.chat.completions.create(call)
    expect(again.usage!.prompt_tokens_details!.cached_tokens).toBe(again.usage!.prompt_tokens - 1)
    const receipt = (await (
      await fetch(`${serving.url}/v1/receipts/${response.headers.get('x-edgewise-receipt')}`)
    ).json()) as Receipt
    expect(receipt).toMatchObject({ place: 'device', bytesOut: 0, why: expect.stringContaining('no cloud') })
  })

  test('what two conversations begin with is run once, and told to the client and in the receipt', async () => {
    const system = {
      role: 'system' as const,
      content: 'You know all about the weather of the north. '.repeat(9),
    }
    const say = async (content: string) =>
      openai.chat.completions
        .create({ ...ask('', { max_tokens: 3 }), messages: [system, { role: 'user', content }] })
        .withResponse()
    const first = await say('hello')
    const second = await say('is it cold?')
    const { prompt_tokens, prompt_tokens_details } = second.data.usage!
    expect(first.data.usage!.prompt_tokens_details!.cached_tokens).toBeLessThan(10)
    expect(prompt_tokens_details!.cached_tokens).toBeGreaterThan(system.content.length / 2)
    expect(prompt_tokens_details!.cached_tokens).toBeLessThan(prompt_tokens)
    const id = second.response.headers.get('x-edgewise-receipt')
    const receipt = (await (await fetch(`${serving.url}/v1/receipts/${id}`)).json()) as Receipt
    expect(receipt.cachedTokens).toBe(prompt_tokens_details!.cached_tokens)
    expect(receipt.attempts[0]!.cachedTokens).toBe(receipt.cachedTokens)
  })

  test('log-probabilities of every token', async () => {
    const { choices } = await openai.chat.completions.create(
      ask('hello', { max_tokens: 5, logprobs: true, seed: 1 }),
    )
    expect(choices[0]!.logprobs!.content).toHaveLength(5)
  })

  test.each([1, 2, 3])('response_format json_schema, seed %i', async (seed) => {
    const response_format = {
      type: 'json_schema',
      json_schema: { name: 'mail', schema, strict: true },
    } as const
    const { choices } = await openai.chat.completions.create(ask('hello', { seed, response_format }))
    const answer = JSON.parse(choices[0]!.message.content!)
    expect(answer).toEqual({ label: expect.stringMatching(/^(sp|h)am$/), words: expect.any(Array) })
    expect(choices[0]!.finish_reason).toBe('stop')
  })

  test.each([1, 2, 3])('a required tool, its result and the answer, seed %i', async (seed) => {
    const first = await openai.chat.completions.create(
      ask('weather?', { seed, tools, tool_choice: 'required' }),
    )
    const { message, finish_reason } = first.choices[0]!
    expect(finish_reason).toBe('tool_calls')
    const [call] = message.tool_calls!
    if (call?.type !== 'function') throw new Error('not a function')
    expect(call.function.name).toBe('get_weather')
    expect(JSON.parse(call.function.arguments)).toEqual({
      city: expect.stringMatching(/^(Kraków|Łódź)$/),
      days: expect.any(Number),
    })
    const second = await openai.chat.completions.create({
      ...ask('', { max_tokens: 10, tools }),
      messages: [
        { role: 'user', content: 'weather?' },
        message,
        { role: 'tool', tool_call_id: call.id, content: '{"sky":"rain"}' },
      ],
    })
    expect(second.choices[0]!.message.role).toBe('assistant')
  })

  test('a tool by name, streamed', async () => {
    const tool_choice = { type: 'function', function: { name: 'get_weather' } } as const
    const stream = openai.chat.completions.stream(ask('weather?', { seed: 4, tools, tool_choice }))
    const { choices } = await stream.finalChatCompletion()
    const [call] = choices[0]!.message.tool_calls!
    if (call?.type !== 'function') throw new Error('not a function')
    expect(JSON.parse(call.function.arguments)).toHaveProperty('days')
  })

  test('a prompt longer than the context is the caller’s error', async () => {
    await expect(openai.chat.completions.create(ask('x '.repeat(2000)))).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    })
  })

  test('a schema that cannot be enforced is one, too, and names its place', async () => {
    const odd = { type: 'object', properties: { a: { not: { type: 'string' } } } }
    const response_format = { type: 'json_schema', json_schema: { name: 'odd', schema: odd } } as const
    await expect(openai.chat.completions.create(ask('hello', { response_format }))).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_constraint',
    })
  })

  test('there is no page, and healthz names the model', async () => {
    expect(await (await fetch(`${serving.url}/healthz`)).json()).toMatchObject({ device: 'noise-q8' })
    expect((await fetch(`${serving.url}/`)).status).toBe(404)
  })
})
