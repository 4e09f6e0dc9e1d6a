/** Every way a cloud fails before its first output, and the limits under which it does. */
import type { CloudSettings } from '../policy/index.ts'
import { type Handler, startStream } from './cloud-server.ts'

/** Short enough for a test that waits for it; the others keep the default limits, however busy the machine is. */
const impatient: Partial<CloudSettings> = { firstTokenMs: 150, idleMs: 150 }

/** The limits for a fault with this note. */
export const limitsFor = (note: RegExp): Partial<CloudSettings> =>
  note.source.includes('no output') ? impatient : {}

/** A cloud that fails before its first output, and what the receipt says of it. */
export const cloudFaults: [name: string, handler: Handler, note: RegExp, costUsd: number | null][] = [
  [
    '500 with an error body',
    (response) =>
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":{"message":"the secret prompt","code":"server_error"}}'),
    /^HTTP 500 \(server_error\)$/,
    0,
  ],
  [
    '503 with HTML',
    (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>the secret prompt</h1>'),
    /^HTTP 503$/,
    0,
  ],
  [
    '401',
    (response) =>
      response.writeHead(401).end('{"error":{"message":"bad key sk-test","code":"invalid_api_key"}}'),
    /^HTTP 401 \(invalid_api_key\)$/,
    0,
  ],
  [
    'HTML with 200',
    (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>the secret prompt, log in</html>'),
    /^what it sent is not an answer \(AI_InvalidResponseDataError\)$/,
    null,
  ],
  [
    'garbage frames',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"the secret prompt\n\ndata: [DONE]\n\n'),
    /^what it sent is not an answer: an event that is no JSON$/,
    null,
  ],
  [
    'frames of another protocol',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"answer":"the secret prompt"}\n\n'),
    /^what it sent is not an answer: an event that is no chunk of a chat completion$/,
    null,
  ],
  [
    'bytes that are no text',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197) & 255))),
    /./,
    null,
  ],
  [
    'an empty body',
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
    /^its stream ended without a finished answer$/,
    null,
  ],
  ['204', (response) => response.writeHead(204).end(), /./, null],
  [
    'an error frame',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"error":{"message":"the secret prompt","code":"overloaded"}}\n\n'),
    /^it reported overloaded$/,
    null,
  ],
  [
    'only the role, then the end',
    (response) => {
      startStream(response)
      response.end()
    },
    /^its stream ended without a finished answer$/,
    null,
  ],
  ['only the role, then nothing', (response) => startStream(response), /^no output within 150 ms$/, null],
  ['nothing at all', () => {}, /^no output within 150 ms$/, null],
  [
    'headers, then nothing',
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    /^no output within 150 ms$/,
    null,
  ],
  [
    'comments for ever',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => response.write(': still here\n\n'), 10)
      response.on('close', () => clearInterval(timer))
    },
    /^no output within 150 ms$/,
    null,
  ],
  [
    'a reset before the headers',
    (_, __, request) => void request.socket.resetAndDestroy(),
    /^the connection failed \((ECONNRESET|UND_ERR_SOCKET)\)$/,
    null,
  ],
  [
    'a reset after the headers',
    (response) => {
      startStream(response)
      setTimeout(() => response.socket!.resetAndDestroy(), 10)
    },
    /^the connection failed \((ECONNRESET|UND_ERR_SOCKET)\)$/,
    null,
  ],
  [
    'a redirect',
    (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
    /redirects to another/,
    null,
  ],
]
