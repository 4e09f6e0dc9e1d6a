/** A real HTTP server on 127.0.0.1 that serves one file by ranges, and whatever a test wants to go wrong. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RangeServer extends AsyncDisposable {
  readonly url: URL
  /** Range headers in the order they came. */
  readonly ranges: (string | undefined)[]
  readonly requests: IncomingMessage[]
  /** What is served; may be changed while it runs. */
  file: { bytes: Uint8Array; etag?: string }
}

/** Whether the fault has answered the request itself; `count` is that of the request, from 1. */
export type Fault = (
  request: IncomingMessage,
  response: ServerResponse,
  count: number,
) => boolean | Promise<boolean>

export async function rangeServer(
  file: RangeServer['file'],
  fault: Fault = () => false,
): Promise<RangeServer> {
  const requests: IncomingMessage[] = []
  const ranges: (string | undefined)[] = []
  const server = createServer(async (request, response) => {
    requests.push(request)
    ranges.push(request.headers.range)
    if (!(await fault(request, response, requests.length))) sendRange(self.file, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const self: RangeServer = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`),
    ranges,
    requests,
    file,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return self
}

/** Answers as a good server does; `cut` bytes and then a closed connection when given. */
export function sendRange(
  { bytes, etag }: RangeServer['file'],
  request: IncomingMessage,
  response: ServerResponse,
  cut?: number,
): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  const headers = { 'accept-ranges': 'bytes', ...(etag && { etag }) }
  if (from === undefined) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
    return
  }
  if (Number(from) >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    return
  }
  const end = Math.min(Number(to) + 1, bytes.length)
  response.writeHead(206, {
    ...headers,
    'content-length': end - Number(from),
    'content-range': `bytes ${from}-${end - 1}/${bytes.length}`,
  })
  if (cut === undefined) response.end(bytes.subarray(Number(from), end))
  else response.write(bytes.subarray(Number(from), Number(from) + cut), () => response.destroy())
}
