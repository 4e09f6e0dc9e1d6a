/**
 * The parts of a model's stream -> the events of the Responses API, one part at a time. What clients insist on (openai 7,
 * ai 7, Open Responses): `sequence_number` counts every event, `output_index` is dense, ids of the response and of an item
 * never change, an item is opened before and closed after what is in it, and whether it is whole is known when it is closed.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { EdgewiseField } from '../call/call-facts.ts'
import { checkFinished, type Finish } from '../call/finish.ts'
import { type TokenLogprob, toLogprob } from '../call/logprobs.ts'
import { writtenArguments } from '../call/tool-calls.ts'
import type { ErrorBody } from '../http/to-http-error.ts'
import { OpenItem } from './open-item.ts'
import {
  failed,
  finished,
  itemId,
  type OutputItem,
  type OutputKind,
  type ResponseResource,
} from './resource.ts'

export interface ResponseEvent {
  readonly type: string
  readonly sequence_number: number
  readonly [field: string]: unknown
}

export interface EventOptions {
  /** Whether tokens come with their log-probabilities. */
  readonly logprobs: boolean
  /** What the ids of the items are made of. */
  readonly base: string
  /** Called with the last part. */
  readonly edgewise: (finish: Finish) => EdgewiseField
  /** Called with the response that ended well, whole or cut. */
  readonly onFinished: (response: ResponseResource) => void
}

export class ResponseEvents {
  readonly #start: ResponseResource
  readonly #options: EventOptions
  readonly #items: OpenItem[] = []
  /** The items that are not closed, by kind and id of the part they are made of. */
  readonly #open: Map<string, OpenItem> = new Map()
  /** A block that has ended; whether its item is whole is known when the next begins or the answer ends. */
  #ended: OpenItem | undefined
  /** Calls whose deltas are in text encoding, which is no JSON: the whole input is, and comes with the call. */
  readonly #silent: Set<string> = new Set()
  #events: ResponseEvent[] = []
  #sequence = 0

  constructor(start: ResponseResource, options: EventOptions) {
    this.#start = start
    this.#options = options
    this.#emit('response.created', { response: start })
    this.#emit('response.in_progress', { response: start })
  }

  /** The events of a part, after those that were left over. @throws GatewayError `incomplete_answer` */
  part(part: LanguageModelV4StreamPart): ResponseEvent[] {
    this.#take(part)
    return this.#drain()
  }

  /** The answer broke off: what openai 7 throws for, and the response as it stands. */
  fail(body: ErrorBody): ResponseEvent[] {
    const { error } = body
    // OpenAI's schema has the fields beside the type, Open Responses and OpenAI's server have them in `error`.
    this.#emit('error', { code: error.code, message: error.message, param: error.param, error })
    const output = this.#items.map((item) => item.snapshot('incomplete'))
    this.#emit('response.failed', { response: { ...this.#start, ...failed(output, body) } })
    return this.#drain()
  }

  #take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'text-delta':
        this.#delta('message', part, this.#options.logprobs ? toLogprob(part) : undefined)
        break
      case 'reasoning-delta':
        this.#delta('reasoning', part, undefined)
        break
      case 'text-end':
      case 'reasoning-end':
        this.#blockEnded(`${part.type === 'text-end' ? 'message' : 'reasoning'} ${part.id}`)
        break
      case 'tool-input-start':
        if (part.inputEncoding === 'text') this.#silent.add(part.id)
        if (!part.providerExecuted) this.#openCall(part.id, part.toolName)
        break
      case 'tool-input-delta':
        if (!this.#silent.has(part.id)) this.#addTo(callPart(part.id), part.delta)
        break
      case 'tool-call':
        if (!part.providerExecuted) this.#called(part)
        break
      case 'finish':
        this.#finish(part)
    }
  }

  #delta(
    kind: 'message' | 'reasoning',
    { id, delta }: { readonly id: string; readonly delta: string },
    token: TokenLogprob | undefined,
  ): void {
    if (delta === '' && token === undefined) return
    const partId = `${kind} ${id}`
    if (!this.#open.has(partId)) this.#openItem(partId, kind)
    this.#addTo(partId, delta, token)
  }

  #openCall(callId: string, name: string): OpenItem {
    return this.#openItem(callPart(callId), 'function_call', { callId, name })
  }

  /** The whole of a call, after its deltas or without any. */
  #called({ toolCallId, toolName, input }: ToolCall): void {
    const partId = callPart(toolCallId)
    const item = this.#open.get(partId) ?? this.#openCall(toolCallId, toolName)
    if (item.text === '') this.#addTo(partId, writtenArguments(input))
    this.#blockEnded(partId)
  }

  #openItem(partId: string, kind: OutputKind, call?: { callId: string; name: string }): OpenItem {
    this.#closeEnded('completed')
    const index = this.#items.length
    const item = new OpenItem(kind, itemId(kind, this.#options.base, index), index, call)
    this.#items.push(item)
    this.#open.set(partId, item)
    for (const { type, ...fields } of item.opening()) this.#emit(type, fields)
    return item
  }

  #addTo(partId: string, delta: string, token?: TokenLogprob): void {
    const item = this.#open.get(partId)
    if (item === undefined || (delta === '' && token === undefined)) return
    const { type, ...fields } = item.add(delta, token)
    this.#emit(type, fields)
  }

  #blockEnded(partId: string): void {
    const item = this.#open.get(partId)
    if (item === undefined) return
    this.#closeEnded('completed')
    this.#ended = item
    this.#open.delete(partId)
  }

  #closeEnded(status: 'completed' | 'incomplete'): void {
    if (this.#ended === undefined) return
    this.#close(this.#ended, status)
    this.#ended = undefined
  }

  #close(item: OpenItem, status: 'completed' | 'incomplete'): void {
    for (const { type, ...fields } of item.closing(status)) this.#emit(type, fields)
  }

  #finish(part: Finish): void {
    checkFinished(part.finishReason)
    const end = finished(part.finishReason, part.usage, Math.floor(Date.now() / 1000))
    const status = end.status === 'completed' ? 'completed' : 'incomplete'
    // With a block that never ended the ended one is not the last, and whole.
    this.#closeEnded(this.#open.size === 0 ? status : 'completed')
    for (const item of this.#open.values()) this.#close(item, status)
    this.#open.clear()
    const output: OutputItem[] = this.#items.map((item) => item.snapshot('completed'))
    const edgewise = this.#options.edgewise(part)
    const response: ResponseResource = { ...this.#start, ...end, output, edgewise }
    this.#emit(`response.${end.status}`, { response })
    this.#options.onFinished(response)
  }

  #emit(type: string, fields: object): void {
    this.#events.push({ type, sequence_number: this.#sequence++, ...fields })
  }

  #drain(): ResponseEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}

type ToolCall = Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>

function callPart(callId: string): string {
  return `function_call ${callId}`
}
