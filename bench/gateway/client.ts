/** A client that costs little and looks closely: Node's own HTTP, connections kept, the answer checked to the letter. */
import { Agent, request } from 'node:http'
import { TEXT } from './answer.ts'

export interface Target {
  readonly name: string
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
}

/** Milliseconds from sending a call to the first word of its answer and to its end; they are one when it is not streamed. */
export interface Timing {
  readonly firstMs: number
  readonly ms: number
}

export const agent: Agent = new Agent({ keepAlive: true, maxSockets: 1024 })

const messages = [{ role: 'user', content: 'Write thirty-two words about the harbour, one after the other.' }]

/** Throws when the answer is not the stub's or the device's, whole. */
export async function timeCall(target: Target, stream: boolean): Promise<Timing> {
  const body = JSON.stringify({ model: 'edgewise', messages, ...(stream ? { stream: true } : {}) })
  const start = performance.now()
  let firstMs = 0
  const text = await send(target, body, (chunk) => {
    if (firstMs === 0 && (!stream || chunk.includes('word'))) firstMs = performance.now() - start
  })
  const ms = performance.now() - start
  const said = stream ? textOfStream(text) : textOfWhole(text)
  if (said !== TEXT) throw new Error(`${target.name} answered ${JSON.stringify(text.slice(0, 300))}`)
  return { firstMs: firstMs || ms, ms }
}

/** The body of a good response. Throws on any other status and on a connection that breaks. */
export function send(target: Target, body: string, onChunk: (chunk: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...target.headers,
    }
    const options = {
      host: '127.0.0.1',
      port: target.port,
      path: '/v1/chat/completions',
      method: 'POST',
      agent,
      headers,
    }
    const call = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        onChunk(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${target.name} answered ${response.statusCode}: ${text.slice(0, 300)}`))
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

function textOfWhole(body: string): string {
  return (JSON.parse(body) as { choices: [{ message: { content: string } }] }).choices[0].message.content
}

/** The text of a stream that ended with a finish and [DONE]; throws when it did not. */
export function textOfStream(body: string): string {
  if (!body.endsWith('data: [DONE]\n\n')) throw new Error(`no end: ${JSON.stringify(body.slice(-200))}`)
  let text = ''
  let finished = false
  for (const frame of body.split('\n\n')) {
    if (!frame.startsWith('data: {')) continue
    const { choices } = JSON.parse(frame.slice(6)) as Chunk
    text += choices[0]?.delta.content ?? ''
    finished ||= choices[0]?.finish_reason === 'stop'
  }
  if (!finished) throw new Error('no finish_reason')
  return text
}

interface Chunk {
  readonly choices: readonly {
    readonly delta: { readonly content?: string }
    readonly finish_reason: string | null
  }[]
}
