/** The HTTP client against servers that keep no rules: every answer is a response or an error, none ends the process. */

import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { postText } from './post-text.ts'

let server: Server | undefined
afterEach(() => void server?.close())

/** A server that answers each connection's first bytes with these. */
async function answering(answer: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

const post = (url: string, signal: AbortSignal | null = null): Promise<Response> =>
  postText(url, { headers: new Headers({ 'x-a': '1' }), body: new TextEncoder().encode('{}'), signal })

describe('answers that are none', () => {
  test.each([
    ['HTTP/1.1 999 Denied', 'bad_status'],
    ['HTTP/1.1 600 Odd', 'bad_status'],
    ['HTTP/1.1 099 Odd', 'bad_status'],
    ['HTTP/1.1 307 Elsewhere\r\nlocation: http://127.0.0.1:1/', 'redirected'],
  ])('%s', async (head, code) => {
    const url = await answering((socket) => socket.end(`${head}\r\ncontent-length: 0\r\n\r\n`))
    await expect(post(url)).rejects.toMatchObject({ code })
  })

  test('a switch of protocols, rubbish, nothing', async () => {
    for (const text of [
      'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'rubbish\r\n\r\n',
      '',
    ]) {
      const url = await answering((socket) => socket.end(text))
      await expect(post(url)).rejects.toBeInstanceOf(Error)
    }
  })

  test('a reason in control characters is left out', async () => {
    const url = await answering((socket) => socket.end('HTTP/1.1 200 \x01bad\r\ncontent-length: 2\r\n\r\nok'))
    const text = await post(url).then(
      (response) => response.text(),
      (error: Error) => error,
    )
    // Node may refuse the line by itself.
    expect(text === 'ok' || text instanceof Error).toBe(true)
  })
})

describe('bodies', () => {
  test('in chunks, cut off, packed', async () => {
    const chunked = await answering((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n'),
    )
    expect(await (await post(chunked)).text()).toBe('abc')
    server!.close()
    const cut = await answering((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'))
    await expect((await post(cut)).text()).rejects.toBeInstanceOf(Error)
    server!.close()
    const bytes = gzipSync('packed')
    const packed = await answering((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bytes.length}\r\n\r\n`)
      socket.end(bytes)
    })
    expect(await (await post(packed)).text()).toBe('packed')
  })

  test('an abort ends the wait for the headers and for the body', async () => {
    const stop = new AbortController()
    const silent = await answering(() => {})
    setTimeout(() => stop.abort(new Error('enough')), 20)
    await expect(post(silent, stop.signal)).rejects.toThrow('enough')
    server!.close()
    const half = await answering(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    )
    const later = new AbortController()
    const response = await post(half, later.signal)
    setTimeout(() => later.abort(new Error('enough')), 20)
    await expect(response.text()).rejects.toThrow('enough')
    await expect(post(half, AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
  })

  test('a reader that leaves closes the connection', async () => {
    const closed = Promise.withResolvers<void>()
    const url = await answering((socket) => {
      socket.once('close', () => closed.resolve())
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n')
    })
    const reader = (await post(url)).body!.getReader()
    await reader.read()
    await reader.cancel()
    await closed.promise
  })
})
