import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { createKey } from './keys/api-key.ts'
import { KeysRequiredError, PortInUseError, serveGateway } from './serve.ts'
import { hello, textParts } from './testing/models.ts'
import { bodyOf, call, gatewayOf, serve, until } from './testing/server.ts'

/** Of what comes at once, but on a busy machine. */
const PATIENT = { timeout: 4000 }

/** Before anything is served. */
const own = { Request, Response }

test('a free port is found, and a busy one is a typed error with a next step', async () => {
  await using server = await serve(hello())
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  const second = await serveGateway(gatewayOf(hello()), { port: server.port }).catch((error) => error)
  expect(second).toBeInstanceOf(PortInUseError)
  expect(second).toMatchObject({ code: 'port_in_use', port: server.port })
  expect(second.message).toContain(String(server.port))
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

test('a client of HTTP/1.0 gets a stream without chunks, any other in chunks', async () => {
  await using server = await serve(hello())
  const json = JSON.stringify(bodyOf({ stream: true }))
  for (const version of ['1.0', '1.1']) {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.write(
      `POST /v1/chat/completions HTTP/${version}\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`,
    )
    await ended
    expect(/transfer-encoding: chunked/i.test(answer)).toBe(version === '1.1')
    expect(answer).toContain('data: [DONE]\n\n')
  }
})

test('a request that is no HTTP does not bring the server down', async () => {
  await using server = await serve(hello())
  const answer = await answerTo(server.port, '\x16\x03\x01 hello\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1.1 400/)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
})

test('the globals of the process are nobody’s but its own', async () => {
  await using server = await serve(hello())
  expect((await call(server.url, bodyOf())).status).toBe(200)
  expect(Request).toBe(own.Request)
  expect(Response).toBe(own.Response)
  expect(() => new Response(null, { status: 999 })).toThrow(RangeError)
})

const HEAD = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'

/** Sockets that have sent this and send no more. */
function unfinished(port: number, count: number, bytes: string): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(bytes)
    return socket
  })
}

test('a body that does not come holds no place among the calls that run', async () => {
  await using server = await serve(hello(), { maxConcurrent: 2 })
  const sockets = unfinished(server.port, 2, `${HEAD}content-length: 1000\r\n\r\n{`)
  await until(() => server.running === 2)
  expect((await call(server.url, bodyOf())).status).toBe(200)
  for (const socket of sockets) socket.destroy()
})

test('bodies count together, what came of them: beyond the budget a call is told to wait', async () => {
  const budget = 1024 * 1024
  const limits = { maxBodyBytes: budget, maxBodiesBytes: budget }
  await using server = await serve(hello(), limits)
  const large = 'x'.repeat(budget * 0.6)
  const [told] = unfinished(server.port, 1, `${HEAD}content-length: ${budget}\r\n\r\n`)
  await until(() => server.running === 1)
  const messages = [{ role: 'user', content: large }]
  expect((await call(server.url, bodyOf({ messages }))).status).toBe(200)

  const [held] = unfinished(server.port, 1, `${HEAD}content-length: ${budget}\r\n\r\n${large}`)
  // A client still writing its body may see the connection close before it reads the refusal.
  let refused: Response | undefined
  const refusal = async (): Promise<number> => (refused = await call(server.url, bodyOf({ messages }))).status
  await expect.poll(refusal, PATIENT).toBe(503)
  expect(refused!.headers.get('retry-after')).toBe('1')
  expect(await refused!.json()).toMatchObject({ error: { code: 'overloaded' } })
  expect((await call(server.url, bodyOf())).status).toBe(200)
  for (const socket of [told!, held!]) socket.destroy()
  await expect.poll(async () => (await call(server.url, bodyOf({ messages }))).status, PATIENT).toBe(200)
})
