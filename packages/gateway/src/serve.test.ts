import { request } from 'node:http'
import { connect } from 'node:net'
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { createKey } from './keys/api-key.ts'
import { KeysRequiredError, PortInUseError, serveGateway } from './serve.ts'
import { endlessModel, gatedModel, sayingModel, textParts } from './testing/models.ts'
import { bodyOf, gatewayOf, serve, until } from './testing/server.ts'

const hello = (): ReturnType<typeof sayingModel> => sayingModel(textParts(['Hel', 'lo']))

function call(url: string, body: object, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body), ...init })
}

test('a free port is found, and a busy one is a typed error with a next step', async () => {
  await using server = await serve(hello())
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  const second = await serveGateway(gatewayOf(hello()), { port: server.port }).catch((error) => error)
  expect(second).toBeInstanceOf(PortInUseError)
  expect(second).toMatchObject({ code: 'port_in_use', port: server.port })
  expect(second.message).toContain(String(server.port))
})

test('closing frees the port, twice is once', async () => {
  const server = await serve(hello())
  await (await fetch(`${server.url}/healthz`)).text()
  await Promise.all([server.close(), server.close()])
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  const again = await serveGateway(gatewayOf(hello()), { port: server.port })
  await again.close()
})

test('closing lets what runs come to its end, and takes nothing new', async () => {
  const model = gatedModel()
  const server = await serve(model)
  const stream = await call(server.url, bodyOf({ stream: true }))
  const plain = call(server.url, bodyOf())
  await until(() => model.waiting() === 2)
  const closed = server.close()
  await expect(call(server.url, bodyOf())).rejects.toThrow()
  model.open()
  expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/)
  expect((await plain).status).toBe(200)
  await closed
})

test('a request on a kept connection of a server that drains is told to come again', async () => {
  const model = gatedModel()
  const server = await serve(model)
  const socket = connect(server.port, '127.0.0.1')
  const requestOf = (body: object): string => {
    const json = JSON.stringify(body)
    return `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`
  }
  let answers = ''
  socket.on('data', (data) => {
    answers += data
  })
  const ended = new Promise((resolve) => socket.once('close', resolve))
  socket.write(requestOf(bodyOf()))
  await until(() => model.waiting() === 1)
  const closed = server.close()
  // Pipelined: it lies in the connection when the first call ends.
  socket.write(requestOf(bodyOf()))
  await new Promise((resolve) => setTimeout(resolve, 20))
  model.open()
  await ended
  await closed
  const [first, second] = answers.split(/(?=HTTP\/1\.1 )/)
  expect(first).toMatch(/^HTTP\/1.1 200/)
  expect(second).toMatch(/^HTTP\/1.1 503/)
  expect(second).toMatch(/retry-after: 1\r\n/)
  expect(second).toMatch(/connection: close\r\n/)
  expect(second).toContain('"code":"server_closing"')
  expect(model.calls).toHaveLength(1)
})

test.each(['after its time', 'at a second word'])('a drain that ends %s gives up what runs', async (how) => {
  const model = endlessModel()
  const server = await serve(model, {}, { drainMs: how === 'after its time' ? 50 : 60_000 })
  const stream = await call(server.url, bodyOf({ stream: true }))
  const plain = call(server.url, bodyOf())
  await until(() => model.running() === 2)
  const closed = server.close()
  if (how !== 'after its time') void server.close(0)
  const text = await stream.text()
  expect(text).toMatch(/\ndata: \{"error":\{[^\n]*"code":"server_closing"[^\n]*\}\}\n\n$/)
  expect(text).not.toContain('[DONE]')
  const refused = await plain
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  await closed
  expect(model.running()).toBe(0)
})

test('a call that does not stop is cut off', async () => {
  let asked = false
  const deaf = {
    ...hello(),
    doGenerate: () => {
      asked = true
      return new Promise<never>(() => {})
    },
  }
  const server = await serve(deaf)
  const outcome = expect(call(server.url, bodyOf())).rejects.toThrow()
  await until(() => asked)
  await server.close(0)
  await outcome
})

test('a client that goes away before the first output stops a deaf model too', async () => {
  let asked = false
  let cancelled = false
  const silent = {
    ...hello(),
    doStream: async () => {
      asked = true
      return { stream: new ReadableStream({ cancel: () => void (cancelled = true) }) }
    },
  }
  await using server = await serve(silent)
  const abort = new AbortController()
  const outcome = expect(
    call(server.url, bodyOf({ stream: true }), { signal: abort.signal }),
  ).rejects.toThrow()
  await until(() => asked)
  abort.abort()
  await outcome
  await until(() => cancelled)
})

test('many streams at once: none is lost and none gets a word of another', async () => {
  const echo = {
    ...hello(),
    doStream: async ({ prompt }: LanguageModelV4CallOptions) => {
      const said = JSON.stringify(prompt).match(/number \d+/)![0]
      const parts = textParts(Array.from({ length: 20 }, () => `${said};`))
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>({
          async pull(controller) {
            await new Promise((resolve) => setImmediate(resolve))
            const part = parts.shift()
            if (part === undefined) controller.close()
            else controller.enqueue(part)
          },
        }),
      }
    },
  }
  await using server = await serve(echo)
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const messages = [{ role: 'user', content: `number ${index}` }]
      return (await call(server.url, bodyOf({ stream: true, messages }))).text()
    }),
  )
  answers.forEach((text, index) => {
    expect(text.match(/number \d+;/g)).toEqual(Array.from({ length: 20 }, () => `number ${index};`))
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })
})

test('a reader that does not read stops the decoding', async () => {
  let pulled = 0
  const eager = {
    ...hello(),
    doStream: async () => ({
      stream: new ReadableStream({
        async pull(controller) {
          pulled++
          await new Promise((resolve) => setImmediate(resolve))
          controller.enqueue({ type: 'text-delta', id: 't', delta: 'x'.repeat(64 * 1024) })
        },
      }),
    }),
  }
  await using server = await serve(eager)
  const response = await call(server.url, bodyOf({ stream: true }))
  let before = -1
  while (pulled !== before) {
    before = pulled
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(pulled * 64).toBeLessThan(64 * 1024)
  }
  await response.body!.cancel()
})

/** A request with headers that fetch does not let through. */
function rawGet(port: number, headers: Record<string, string>, path = '/healthz'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
    sent.on('error', reject).end()
  })
}

test('only names of this machine reach it', async () => {
  await using server = await serve(hello())
  const statusOf = (host: string): Promise<number> => rawGet(server.port, { host })
  expect(await statusOf(`localhost:${server.port}`)).toBe(200)
  expect(await statusOf(`127.0.0.1:${server.port}`)).toBe(200)
  expect(await statusOf('[::1]:80')).toBe(200)
  expect(await statusOf('evil.example')).toBe(403)
  expect(await statusOf('127.0.0.1.evil.example')).toBe(403)
  expect(await statusOf('192.168.1.5')).toBe(403)
  const broken = await answerTo(server.port, 'GET /healthz HTTP/1.1\r\nhost: evil.example/..\r\n\r\n')
  expect(broken).toMatch(/^HTTP\/1.1 400/)
  expect(broken).toMatch(/x-request-id: req_/)
  expect(broken).toContain('"code":"invalid_request"')
})

test('without keys it is not opened to the network', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'box.lan']) {
    const refused = await serveGateway(gatewayOf(hello()), { host, port: 0 }).catch((error) => error)
    expect(refused).toBeInstanceOf(KeysRequiredError)
    expect(refused).toMatchObject({ code: 'keys_required', host })
  }
})

test('with keys it is, and goes by any name', async () => {
  const { secret, key } = createKey({ name: 'a' })
  const server = await serveGateway(gatewayOf(hello(), { keys: () => [key] }), { host: '0.0.0.0', port: 0 })
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  const authorization = `Bearer ${secret}`
  expect(await rawGet(server.port, { host: 'models.example', authorization })).toBe(200)
  expect(await rawGet(server.port, { host: 'models.example' }, '/v1/models')).toBe(401)
  await server.close()
})

test('a client that sends too slowly is cut off', async () => {
  await using server = await serve(hello(), {}, { requestMs: 100 })
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n'
  for (const bytes of [head, `${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"mod`]) {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.write(bytes)
    await new Promise((resolve) => socket.once('close', resolve))
    expect(answer).toMatch(/^HTTP\/1.1 408/)
  }
})

test('a client that asks and does not read is cut off, one that waits for a slow model is not', async () => {
  const eager = {
    ...hello(),
    doStream: async () => ({
      stream: new ReadableStream({
        pull(controller) {
          controller.enqueue({ type: 'text-delta', id: 't', delta: 'x'.repeat(64 * 1024) })
        },
      }),
    }),
  }
  const slow = gatedModel()
  const either = { ...eager, doGenerate: slow.doGenerate }
  await using server = await serve(either, {}, { unreadMs: 100 })
  const waiting = call(server.url, bodyOf())
  const socket = connect(server.port, '127.0.0.1')
  const json = JSON.stringify(bodyOf({ stream: true }))
  const cut = new Promise((resolve) => socket.once('close', resolve).once('error', resolve))
  socket.pause()
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`,
  )
  await new Promise((resolve) => setTimeout(resolve, 400))
  socket.resume()
  await cut
  slow.open()
  expect((await waiting).status).toBe(200)
})

/** What the server answers to these bytes, at once. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  const answer = await new Promise<string>((resolve) =>
    socket.once('data', (data) => resolve(data.toString())),
  )
  socket.destroy()
  return answer
}

test('a body that tells it is too long is refused before it comes', async () => {
  await using server = await serve(hello(), { maxBodyBytes: 4_999_999 })
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
  expect(await answerTo(server.port, `${head}content-length: 5000000\r\n\r\n`)).toMatch(/^HTTP\/1.1 413/)
})

test('a body that never tells its length is cut at the limit', async () => {
  await using server = await serve(hello(), { maxBodyBytes: 4 * 1024 * 1024 })
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if ((sent += 64 * 1024) > 8 * 1024 * 1024) return controller.close()
      controller.enqueue(new Uint8Array(64 * 1024).fill(0x20))
    },
  })
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit)
  expect(response.status).toBe(413)
})

test('a client that goes away in the middle of its body is no error of ours', async () => {
  const lines: string[] = []
  await using server = await serve(hello(), { log: (line) => lines.push(line) })
  const socket = connect(server.port, '127.0.0.1')
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"mod',
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.destroy()
  await until(() => lines.length > 0)
  expect(lines).toEqual([expect.stringContaining('/v1/chat/completions 499 ')])
})

test('a request that is no HTTP does not bring the server down', async () => {
  await using server = await serve(hello())
  const answer = await answerTo(server.port, '\x16\x03\x01 hello\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1.1 400/)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
})
