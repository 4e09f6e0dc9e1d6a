/** Every fault of a server against a real one on 127.0.0.1: what the caller sees, and that nothing is asked twice. */
import { describe, expect, test } from 'vitest'
import { type ServerDeviceOptions, serverDevice } from './server-device.ts'
import { type Answer, begin, scriptedServer, sse, stopChunk, textChunk } from './testing/scripted-server.ts'
import { call, partsOf, row, serve } from './testing/serve.ts'

describe('faults', () => {
  const faults: Record<string, { chat: Answer; error: object; options?: Partial<ServerDeviceOptions> }> = {
    'a status': {
      chat: (response) =>
        response.writeHead(429).end('{"error":{"message":"the secret","type":"slow_down"}}'),
      error: { code: 'server_refused', status: 429, detail: 'the secret' },
    },
    'a status with a page': {
      chat: (response) => response.writeHead(500).end('<h1>no</h1>'),
      error: { code: 'server_refused', status: 500, detail: '<h1>no</h1>' },
    },
    'an error that is a text': {
      chat: (response) => response.writeHead(404).end('{"error":"no such model"}'),
      error: { code: 'server_refused', status: 404, detail: 'no such model' },
    },
    'a prompt that is too long': {
      chat: (response) =>
        response.writeHead(400).end('{"error":{"type":"exceed_context_size_error","message":"512 tokens"}}'),
      error: { code: 'context_length_exceeded', detail: '512 tokens' },
    },
    'a prompt that is too long, said in the stream': {
      chat: (response) =>
        begin(response, 'event: response.error\n', {
          error: 'INVALID_ARGUMENT: Input token ids are too long. 1528 >= 512',
        }),
      error: { code: 'context_length_exceeded' },
    },
    'a redirect': {
      chat: (response) => response.writeHead(307, { location: 'http://192.0.2.1/v1' }).end(),
      error: { code: 'server_refused', status: 307 },
    },
    'an error in the stream': {
      chat: (response) =>
        begin(response, textChunk('a'), { error: { message: 'lost', code: 'worker_lost' } }),
      error: { code: 'server_refused', status: null, detail: 'lost' },
    },
    'a frame that is no JSON': {
      chat: (response) => begin(response, textChunk('a'), 'data: {"choi\n\n'),
      error: { code: 'server_malformed' },
    },
    'a frame of another shape': {
      chat: (response) => sse(response, { choices: 'many' }),
      error: { code: 'server_malformed' },
    },
    'a page in place of an answer': {
      chat: (response) => response.end('<h1>router</h1>'),
      error: { code: 'server_malformed' },
    },
    'an end before the end': {
      chat: (response) => {
        begin(response, textChunk('a'))
        response.end()
      },
      error: { code: 'incomplete_answer' },
    },
    'a connection that breaks': {
      chat: (response) => {
        begin(response, textChunk('a'))
        setTimeout(() => response.destroy(), 20)
      },
      error: { code: 'incomplete_answer' },
    },
    'no headers': {
      chat: () => {},
      options: { idleMs: 80 },
      error: { code: 'stalled' },
    },
    silence: {
      chat: (response) => begin(response, textChunk('a')),
      options: { idleMs: 80 },
      error: { code: 'stalled' },
    },
    'a line without end': {
      chat: (response) => {
        begin(response)
        const write = () => {
          if (response.destroyed) return
          response.write('x'.repeat(2 ** 20))
          setImmediate(write)
        }
        write()
      },
      error: { code: 'server_too_large' },
    },
  }

  test.each(Object.entries(faults))('%s', async (_, { chat, error, options = {} }) => {
    await using place = await serve(chat, options)
    const failed = await partsOf(place.device).catch((failure: unknown) => failure)
    expect(failed).toBeInstanceOf(Error)
    expect(failed).toMatchObject(error)
    expect((failed as Error).message).not.toContain('secret')
    expect(place.server.bodies).toHaveLength(1)
  })

  test('nothing listens', async () => {
    const server = await scriptedServer({})
    const device = await serverDevice({ baseURL: server.baseURL, kind: row })
    await server[Symbol.asyncDispose]()
    await expect(partsOf(device)).rejects.toMatchObject({ code: 'server_unreachable' })
    await expect(serverDevice({ baseURL: server.baseURL })).rejects.toMatchObject({
      code: 'server_unreachable',
    })
  })

  test('keepalive comments alone keep a line alive', async () => {
    await using place = await serve(
      (response) => {
        begin(response)
        let left = 8
        const timer = setInterval(() => {
          if (left-- > 0) return void response.write(': keepalive\n\n')
          clearInterval(timer)
          sse(response, textChunk('late'), stopChunk())
        }, 100)
      },
      { idleMs: 600 },
    )
    expect((await place.device.doGenerate(call())).content).toEqual([{ type: 'text', text: 'late' }])
  })
})
