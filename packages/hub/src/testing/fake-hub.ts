/**
 * A hub on 127.0.0.1 as the real one answers: `/<org>/<repo>/resolve/<revision>/<file>` redirects to a second server, another
 * origin, that serves ranges; `/api/models/…/tree/…` lists files. Both take faults.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Fault, type RangeServer, rangeServer } from '../../../engine/src/testing/range-server.ts'

export interface FakeHub extends AsyncDisposable {
  readonly endpoint: string
  readonly store: RangeServer
  readonly requests: IncomingMessage[]
  readonly sha256: string
  /** What the redirect says of the file; may be changed while it runs. */
  readonly headers: Record<string, string>
}

export interface FakeHubOptions {
  /** Of the hub itself. */
  readonly fault?: Fault
  /** Of the server that has the bytes. */
  readonly storeFault?: Fault
  /** The list of the folder. */
  readonly tree?: unknown
}

export async function fakeHub(bytes: Uint8Array, options: FakeHubOptions = {}): Promise<FakeHub> {
  const store = await rangeServer({ bytes, etag: '"store-1"' }, options.storeFault)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const headers: Record<string, string> = {
    'x-linked-etag': `"${sha256}"`,
    'x-linked-size': String(bytes.length),
    'x-repo-commit': 'c0ffee',
  }
  const requests: IncomingMessage[] = []
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url!.startsWith('/api/models/')) {
      response.writeHead(options.tree ? 200 : 404, { 'content-type': 'application/json' })
      response.end(options.tree ? JSON.stringify(options.tree) : undefined)
    } else {
      response.writeHead(302, { ...headers, location: `${store.url}?signature=secret` }).end()
    }
  }
  const server = createServer(async (request, response) => {
    requests.push(request)
    if (!(await options.fault?.(request, response, requests.length))) answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    requests,
    sha256,
    headers,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Reproducible bytes nobody would mistake for others moved about. */
export function noise(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4))
  let state = seed
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    words[i] = state
  }
  return new Uint8Array(words.buffer, 0, length)
}
