/** Serves the large-file test: its page and script, a model made as it is sent, and where the page reports to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { ByteSource } from '@edgewise/engine'
import { bundle } from './bundle.ts'
import type { Opened } from './large-model-page.ts'

export interface LargeModelServer extends AsyncDisposable {
  readonly url: string
  /** Resolves when a page asks to begin, which it may when `begin` is called. */
  nextPage(): Promise<{ begin(): void; opened: Promise<Opened> }>
}

export async function startLargeModelServer(source: ByteSource): Promise<LargeModelServer> {
  const script = await bundle('./large-model-page.ts')
  let ready = Promise.withResolvers<ServerResponse>()
  let opened = Promise.withResolvers<Opened>()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url!, 'http://localhost')
    if (pathname === '/large.gguf') await sendRange(source, request.headers.range!, response)
    else if (pathname === '/page.js')
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    else if (pathname === '/ready') ready.resolve(response)
    else if (pathname === '/opened') {
      opened.resolve((await json(request)) as Opened)
      response.end()
    } else {
      response.writeHead(pathname === '/' ? 200 : 404, { 'content-type': 'text/html' })
      response.end('<!doctype html><input type="file"><script type="module" src="/page.js"></script>')
    }
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async nextPage() {
      const waiting = await ready.promise
      ready = Promise.withResolvers()
      opened = Promise.withResolvers()
      return { begin: () => waiting.end(), opened: opened.promise }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export async function* pieces(source: ByteSource, from: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < end; at += 2 ** 22) {
    const piece = new Uint8Array(Math.min(2 ** 22, end - at))
    await source.read(piece, at)
    yield piece
  }
}

async function sendRange(source: ByteSource, range: string, response: ServerResponse): Promise<void> {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range)!.map(Number) as [number, number, number]
  const end = Math.min(to + 1, source.size)
  response.writeHead(206, {
    'cache-control': 'no-store',
    'content-length': end - from,
    'content-range': `bytes ${from}-${end - 1}/${source.size}`,
    etag: '"tiled"',
  })
  for await (const piece of pieces(source, from, end)) response.write(piece)
  response.end()
}
