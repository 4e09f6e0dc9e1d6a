/** Clients that are slow, deaf or gone. */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { gatedModel, hello } from './testing/models.ts'
import { bodyOf, call, serve, until } from './testing/server.ts'

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
