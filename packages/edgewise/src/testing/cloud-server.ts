/** A real HTTP server on 127.0.0.1 that plays an OpenAI-compatible cloud: well, badly, or not at all. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (response: ServerResponse, body: string, request: IncomingMessage) => void

export interface CloudServer extends AsyncDisposable {
  readonly baseURL: string
  /** TCP connections so far. */
  connections(): number
  readonly bodies: string[]
  readonly headers: IncomingMessage['headers'][]
  /** Requests whose connection the client closed before the answer ended. */
  abandoned(): number
}

export async function cloudServer(handler: Handler): Promise<CloudServer> {
  let connections = 0
  let abandoned = 0
  const bodies: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    headers.push(request.headers)
    response.on('close', () => {
      if (!response.writableEnded) abandoned++
    })
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      bodies.push(body)
      if (!body.includes('"stream":true')) whole.set(response, '')
      handler(response, body, request)
    })
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    connections: () => connections,
    bodies,
    headers,
    abandoned: () => abandoned,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<string> {
  const server = await cloudServer(() => {})
  await server[Symbol.asyncDispose]()
  return server.baseURL
}

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

const envelope = { id: 'chatcmpl-1', created: 1, model: 'cloud-model-2026' }

const chunk = (delta: object, finishReason: string | null = null): string =>
  frame({
    ...envelope,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  })

/** Answers that were asked for in one piece, and their text so far. */
const whole = new WeakMap<ServerResponse, string>()

export function startStream(response: ServerResponse): void {
  if (whole.has(response)) return
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk({ role: 'assistant', content: '' }))
}

export function writeText(response: ServerResponse, text: string): void {
  const before = whole.get(response)
  if (before !== undefined) return void whole.set(response, before + text)
  response.write(chunk({ content: text }))
}

interface Usage {
  readonly input: number
  readonly output: number
}

export function endStream(response: ServerResponse, usage: Usage | null): void {
  const counted =
    usage === null
      ? {}
      : {
          usage: {
            prompt_tokens: usage.input,
            completion_tokens: usage.output,
            total_tokens: usage.input + usage.output,
          },
        }
  const content = whole.get(response)
  if (content !== undefined) {
    const message = { role: 'assistant', content }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify({ ...envelope, object: 'chat.completion', choices, ...counted }))
  }
  response.write(chunk({}, 'stop'))
  if (usage !== null) response.write(frame({ ...envelope, choices: [], ...counted }))
  response.end('data: [DONE]\n\n')
}

/** A good answer. */
export function answers(...pieces: string[]): Handler {
  return (response) => {
    startStream(response)
    for (const piece of pieces) writeText(response, piece)
    endStream(response, { input: 100, output: 20 })
  }
}

/** Half an answer, then `then`, late enough for the half to be read: a reset drops what is still on its way. */
export function breaksAfter(piece: string, then: (response: ServerResponse) => void): Handler {
  return (response) => {
    startStream(response)
    writeText(response, piece)
    setTimeout(() => then(response), 100)
  }
}
