/** A model server that follows a script, on 127.0.0.1: what it answers to a chat completion is a function, the rest is a list of JSON by path. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ScriptedServer extends AsyncDisposable {
  readonly origin: string
  readonly baseURL: string
  /** Bodies of chat completions, in order. */
  readonly bodies: Record<string, unknown>[]
  readonly headers: IncomingMessage['headers'][]
  /** Connections that were closed before the answer had ended. */
  closed(): number
}

export type Answer = (response: ServerResponse, body: Record<string, unknown>) => void

export interface ServerScript {
  readonly chat?: Answer
  /** JSON by path, `/v1/models` among them; a number is a status without a body. */
  readonly get?: Readonly<Record<string, unknown>>
}

export async function scriptedServer({ chat, get = {} }: ServerScript): Promise<ScriptedServer> {
  const bodies: Record<string, unknown>[] = []
  const headers: IncomingMessage['headers'][] = []
  let closed = 0
  const known: Readonly<Record<string, unknown>> = { '/v1/models': { data: [{ id: 'tiny' }] }, ...get }
  const server = createServer(async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) closed++
    })
    headers.push(request.headers)
    if (request.method === 'GET') {
      const said = known[request.url!] ?? 404
      if (typeof said === 'number') response.writeHead(said).end()
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(said))
      return
    }
    let text = ''
    for await (const bytes of request) text += bytes
    const body = JSON.parse(text)
    bodies.push(body)
    const answer = chat ?? ((response: ServerResponse) => sse(response, textChunk('hi'), stopChunk()))
    answer(response, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    baseURL: `${origin}/v1`,
    bodies,
    headers,
    closed: () => closed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Writes frames and ends with `[DONE]`; a text is written as it is. */
export function sse(response: ServerResponse, ...frames: unknown[]): void {
  begin(response, ...frames)
  response.end('data: [DONE]\n\n')
}

/** The same without an end. */
export function begin(response: ServerResponse, ...frames: unknown[]): void {
  if (!response.headersSent) {
    response.setHeader('content-type', 'text/event-stream')
    response.flushHeaders()
  }
  for (const frame of frames) {
    response.write(typeof frame === 'string' ? frame : `data: ${JSON.stringify(frame)}\n\n`)
  }
}

export const textChunk = (content: string, ...tokens: readonly [number, ...number[]][]): unknown => ({
  choices: [
    {
      delta: { content },
      ...(tokens.length === 0
        ? {}
        : {
            logprobs: {
              content: tokens.map(([logprob, ...top]) => ({
                token: content,
                logprob,
                top_logprobs: top.map((logprob) => ({ logprob })),
              })),
            },
          }),
    },
  ],
})

export const stopChunk = (usage?: unknown, reason = 'stop'): unknown => ({
  choices: [{ delta: {}, finish_reason: reason }],
  ...(usage === undefined ? {} : { usage }),
})
