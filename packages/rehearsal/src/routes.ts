/** What the server answers: chat completions, embeddings, models. Which rule a call gets, at which pace, under which name. */
import type { IncomingMessage } from 'node:http'
import { answerOf } from './chat/answer.ts'
import { play } from './chat/play.ts'
import { type ChatRequest, readChatRequest, requestDigest, textOf } from './chat/request.ts'
import { embeddingsAnswer, readEmbeddingsRequest } from './embeddings.ts'
import type { RehearsalOptions } from './rehearsal.ts'
import { chooser } from './script/choose-rule.ts'
import type { Script } from './script/types.ts'
import { jittered, random } from './wire/pace.ts'
import { playEarlyFault } from './wire/play-early-fault.ts'
import type { Reply } from './wire/reply.ts'

export type Route = (reply: Reply, request: IncomingMessage, body: Buffer) => Promise<void>

const SUFFIX = '-rehearsal'

/** `gpt` -> `gpt-rehearsal`; a name that says so already stays. */
const rehearsalName = (model: string): string => (model.endsWith(SUFFIX) ? model : `${model}${SUFFIX}`)

/** Times of one server. `script` has been checked. */
export function routes(options: RehearsalOptions & { readonly script: Script }): Route {
  const choose = chooser(options.script)
  const created = Math.floor(Date.now() / 1000)
  const models = (options.models ?? ['cloud']).map((model) => ({
    id: rehearsalName(model),
    object: 'model',
    created,
    owned_by: 'edgewise-rehearsal',
    ...(options.price === undefined ? {} : { price: options.price }),
  }))
  let calls = 0

  const chat = async (reply: Reply, request: ChatRequest): Promise<void> => {
    const call = ++calls
    const text = request.messages.map(textOf).join('\n')
    const rule = choose({ model: request.model, text, digest: () => requestDigest(request.body) }) ?? {}
    const fault = rule.fault ?? options.fault
    reply.fault = fault
    if (await playEarlyFault(reply, fault)) return
    const draw = random((options.seed ?? 1) + call * 0x9e3779b1)
    const pace = (ms: number): (() => number) => {
      const jitter = options.jitter ?? 0
      return () => jittered(ms, jitter, draw)
    }
    await play(reply, {
      request,
      answer: answerOf(request, rule, call),
      envelope: {
        id: `chatcmpl-rehearsal-${call}`,
        created: nowSeconds(),
        model: rehearsalName(request.model),
      },
      fault,
      firstTokenMs: pace(rule.firstTokenMs ?? options.firstTokenMs ?? 0),
      tokenMs: pace(rule.tokenMs ?? options.tokenMs ?? 0),
    })
  }

  return async (reply, incoming, bytes) => {
    const path = incoming.url!.split('?')[0]!
    const route = `${incoming.method} ${path}`
    if (route === 'GET /v1/models') return reply.json(200, { object: 'list', data: models })
    if (route.startsWith('GET /v1/models/')) {
      const model = models.find(({ id }) => id === decodeURIComponent(path.slice('/v1/models/'.length)))
      if (model !== undefined) return reply.json(200, model)
    }
    if (route === 'POST /v1/chat/completions') {
      const request = readChatRequest(json(bytes))
      if (typeof request !== 'string') return chat(reply, request)
      return reply.refuse(400, 'invalid_request', request)
    }
    if (route === 'POST /v1/embeddings') {
      const request = readEmbeddingsRequest(json(bytes))
      if (typeof request === 'string') return reply.refuse(400, 'invalid_request', request)
      const rule = choose({ model: request.model, text: request.input.join('\n'), digest: () => null })
      reply.fault = rule?.fault ?? options.fault
      if (await playEarlyFault(reply, reply.fault)) return
      return reply.json(200, embeddingsAnswer(request, rehearsalName(request.model)))
    }
    reply.refuse(
      404,
      'not_found',
      'there is no such route in a rehearsal: it has chat/completions, embeddings, models',
    )
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** null for what is not JSON: no request either. */
function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}
