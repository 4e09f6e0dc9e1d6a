/**
 * A site on 127.0.0.1 for the browsers that are timed: isolated across origins, so that pages may share memory; its
 * scripts, built from the sources; model files by range; and the requests that pages ask for.
 */
import { createReadStream, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import type { Answer, Request } from '../runners/runner.ts'

/** Hands a request over; false when who asked has gone. */
export type Give = (request: Request) => boolean

/** A page that asks: `next` is told of each wish for a request, `answered` of what came of it. */
export interface Visitor {
  next(give: Give): void
  answered(answer: Answer): void
}

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}
const bench = fileURLToPath(new URL('../../', import.meta.url))

export class Site implements AsyncDisposable {
  readonly visitors = new Map<string, Visitor>()
  readonly #server: Server
  readonly #scripts: ReadonlyMap<string, string>

  constructor(scripts: ReadonlyMap<string, string>) {
    this.#scripts = scripts
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost')
    const script = this.#scripts.get(pathname)
    const send = (type: string, body: string | Buffer): void => {
      response.writeHead(200, { ...isolated, 'content-type': type }).end(body)
    }
    if (script !== undefined) send('text/javascript', script)
    else if (pathname === '/edgewise') send('text/html', page(workerOf(searchParams.get('id'))))
    else if (pathname === '/wllama') send('text/html', page('import "/wllama-web.js"'))
    else if (pathname === '/wllama.wasm') send('application/wasm', readFileSync(wllamaWasm()))
    else if (pathname === '/next') this.#next(searchParams.get('id')!, response)
    else if (pathname === '/answer') {
      this.visitors.get(searchParams.get('id')!)?.answered((await json(request)) as Answer)
      response.writeHead(204, isolated).end()
    } else if (pathname === '/model') await sendFile(searchParams.get('path')!, request, response)
    else response.writeHead(404, isolated).end()
  }

  /** Answers when there is a request; after a while without one the page asks again. */
  #next(id: string, response: ServerResponse): void {
    const visitor = this.visitors.get(id)
    if (!visitor) return void response.writeHead(410, isolated).end()
    const patience = setTimeout(() => response.writeHead(204, isolated).end(), 60_000)
    response.on('close', () => clearTimeout(patience))
    visitor.next((request) => {
      clearTimeout(patience)
      if (response.writableEnded) return false
      response
        .writeHead(200, { ...isolated, 'content-type': 'application/json' })
        .end(JSON.stringify(request))
      return true
    })
  }
}

/** Builds the scripts and opens the site. Throws what the bundler throws, when a package is not installed for one. */
export async function openSite(): Promise<Site> {
  const site = new Site(await buildScripts())
  await site.listen()
  return site
}

/** The address at which the site has a model. */
export function addressOf(path: string): string {
  return `/model?path=${encodeURIComponent(path)}`
}

function page(script: string): string {
  return `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module">${script}</script>`
}

function workerOf(id: string | null): string {
  return `new Worker("/edgewise-web.js?id=${id}", { type: "module" })`
}

export function wllamaWasm(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@wllama/wllama')), 'wasm/wllama.wasm')
}

async function buildScripts(): Promise<Map<string, string>> {
  const input = Object.fromEntries(
    ['edgewise-web', 'wllama-web'].map((name) => [name, join(bench, `speed/runners/${name}.ts`)]),
  )
  const built = (await build({
    root: bench,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['edgewise-source', 'module', 'browser', 'import'] },
    build: {
      write: false,
      target: 'es2024',
      modulePreload: false,
      rolldownOptions: { input, external: [/^node:/], output: { entryFileNames: '[name].js' } },
    },
  })) as Rolldown.RolldownOutput
  const chunks = built.output.filter((part) => part.type === 'chunk')
  return new Map(chunks.map(({ fileName, code }) => [`/${fileName}`, code]))
}

/** A whole file, or the range that was asked for. */
async function sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { size } = await stat(path)
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const start = Number(from ?? 0)
  const end = to ? Math.min(Number(to), size - 1) : size - 1
  response.writeHead(from === undefined ? 200 : 206, {
    ...isolated,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    etag: `"${size}"`,
    ...(from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  })
  if (request.method === 'HEAD') return void response.end()
  const stream = createReadStream(path, { start, end, highWaterMark: 2 ** 20 })
  stream.on('error', () => response.destroy())
  response.on('close', () => stream.destroy())
  stream.pipe(response)
}
