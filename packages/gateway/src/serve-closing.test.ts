/** How a server ends: what runs, what comes too late, and what does not stop. */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { serveGateway } from './serve.ts'
import { endlessModel, gatedModel, hello } from './testing/models.ts'
import { bodyOf, call, gatewayOf, serve, until } from './testing/server.ts'

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

test.each([
  ['never sent a request', ''],
  ['is in the middle of a head', 'GET /healthz HTTP/1.1\r\nhost:'],
])('a socket that %s does not hold it up, and is no call that runs', async (_, bytes) => {
  const server = await serve(hello(), {}, { drainMs: 60_000 })
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  if (bytes !== '') await new Promise((resolve) => socket.write(bytes, resolve))
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  const ended = new Promise((resolve) => socket.once('close', resolve))
  const closed = server.close()
  expect(server.running).toBe(0)
  await closed
  await ended
})

test('calls that run are counted until their last byte', async () => {
  const model = gatedModel()
  await using server = await serve(model)
  expect(server.running).toBe(0)
  const stream = await call(server.url, bodyOf({ stream: true }))
  expect(server.running).toBe(1)
  model.open()
  await stream.text()
  await until(() => server.running === 0)
})
