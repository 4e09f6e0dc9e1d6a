/**
 * A proxy in front of a real OpenAI-compatible server that writes its chat answers to a script. The caller's key goes to
 * that server and nowhere else: redirects are refused, and no header is ever written. Of a call the script holds a digest
 * alone; the answer is in it, without what looks like a key.
 */
import type { IncomingMessage } from 'node:http'
import { requestDigest } from '../chat/request.ts'
import { RehearsalError } from '../errors.ts'
import type { Reply } from '../wire/reply.ts'
import { AnswerCollector } from './collect-answer.ts'
import { ScriptFile } from './script-file.ts'
import { SseReader } from './sse-reader.ts'

/** What a caller says of itself and its request; everything else is of the connection to us. */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'accept',
  'openai-organization',
  'openai-project',
  'api-key',
]
/** Of the connection to the server, or untrue once the body is unpacked. */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-encoding',
  'content-length',
])

export interface RecordOptions {
  /** The real server, with the version: `https://api.openai.com/v1`. */
  readonly url: string
  /** The script to write; it must not exist. */
  readonly file: string
}

export class Recorder {
  readonly #base: URL
  readonly #file: ScriptFile

  private constructor(base: URL, file: ScriptFile) {
    this.#base = base
    this.#file = file
  }

  /** Throws RehearsalError `bad_option`, `record_file_exists`, `record_failed`. */
  static async open({ url, file }: RecordOptions): Promise<Recorder> {
    const parsed = URL.parse(url)
    if (parsed === null || !/^https?:$/.test(parsed.protocol))
      throw new RehearsalError(
        'bad_option',
        `"${url}" is no http(s) address: give the API's with its version, https://host/v1`,
      )
    return new Recorder(parsed, await ScriptFile.create(file))
  }

  /** Passes the request on and the answer back. Throws ClientGone, RehearsalError `record_failed`. */
  async proxy(reply: Reply, request: IncomingMessage, body: Buffer): Promise<void> {
    const target = this.#target(request.url!)
    if (target === null) return reply.refuse(404, 'not_found', 'only what is under /v1/ is recorded')
    const headers = new Headers()
    for (const name of REQUEST_HEADERS) {
      const value = request.headers[name]
      if (typeof value === 'string') headers.set(name, value)
    }
    const start = performance.now()
    let response: Response
    try {
      response = await fetch(target, {
        method: request.method!,
        headers,
        redirect: 'error',
        signal: reply.signal,
        ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      })
    } catch {
      reply.signal.throwIfAborted()
      return reply.error(
        502,
        'record_unreachable',
        `${this.#base.href} could not be reached: check the address`,
      )
    }
    const answerHeaders = [...response.headers].filter(([name]) => !HOP_HEADERS.has(name))
    reply.startReal(response.status, Object.fromEntries(answerHeaders))
    const isChat = request.method === 'POST' && target.pathname.endsWith('/chat/completions') && response.ok
    const collector = new AnswerCollector()
    await forward(
      response,
      reply,
      isChat ? (value) => collector.add(value, performance.now() - start) : () => {},
    )
    if (isChat) {
      const secrets = [headers.get('authorization')?.replace(/^bearer\s+/i, ''), headers.get('api-key')]
      const digest = requestDigest(JSON.parse(body.toString('utf8')))
      const rule = collector.rule(
        digest,
        secrets.filter((secret) => secret != null),
      )
      if (rule !== null) await this.#file.add(rule)
    }
    reply.end()
  }

  /** Where the call for `asked` goes: the recorded server's own address with the path behind `/v1`; null for any other path. */
  #target(asked: string): URL | null {
    // Resolved first, so that `/v1/../x` is what it means. Whatever host it names is not looked at.
    const path = URL.parse(asked, 'http://rehearsal')
    if (path === null || !path.pathname.startsWith('/v1/')) return null
    const target = new URL(this.#base)
    target.pathname = target.pathname.replace(/\/$/, '') + path.pathname.slice('/v1'.length)
    target.search = path.search
    return target
  }
}

/** The body as it comes; each JSON value in it goes to `see`, when it is whole. */
async function forward(response: Response, reply: Reply, see: (value: unknown) => void): Promise<void> {
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true
  const decoder = new TextDecoder()
  const reader = new SseReader()
  let whole = ''
  for await (const bytes of response.body ?? []) {
    const text = decoder.decode(bytes, { stream: true })
    await reply.write(bytes)
    if (isStream) for (const data of reader.push(text)) see(parsed(data))
    else whole += text
  }
  if (!isStream) see(parsed(whole))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
