/**
 * Responses that a request asked to keep (`store: true`), so that a later one can go on from them. A response holds a prompt
 * and its answer: they are kept in memory alone, for half an hour, bounded in number and size, and are given to the key that
 * made them and to no other. Nothing else is ever kept.
 */
import { GatewayError } from '../http/gateway-error.ts'
import type { ConversationItem, InputItem } from './request.ts'
import type { OutputItem, ResponseResource } from './resource.ts'

const KEPT_MS = 30 * 60 * 1000
const MAX_RESPONSES = 1000
/** Characters of JSON, over all responses. */
const MAX_CHARS = 64 * 1024 * 1024

interface Stored {
  readonly response: ResponseResource
  /** The conversation up to and with the answer. */
  readonly items: readonly ConversationItem[]
  readonly owner: string | undefined
  readonly until: number
  readonly chars: number
}

export class ResponseStore {
  readonly #stored: Map<string, Stored> = new Map()
  readonly #now: () => number
  #chars = 0

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @param owner the id of the key that made it */
  put(response: ResponseResource, input: readonly ConversationItem[], owner: string | undefined): void {
    const items = [...input, ...response.output.map(toInputItem)]
    const chars = JSON.stringify(response).length + JSON.stringify(items).length
    this.#stored.set(response.id, { response, items, owner, until: this.#now() + KEPT_MS, chars })
    this.#chars += chars
    for (const [id, { until }] of this.#stored) {
      const fits = this.#stored.size <= MAX_RESPONSES && this.#chars <= MAX_CHARS
      if (fits && until > this.#now()) break
      this.#drop(id)
    }
  }

  /** @throws GatewayError `response_not_found` */
  get(id: string, owner: string | undefined, param: string | null = null): ResponseResource {
    return this.#find(id, owner, param).response
  }

  /** @throws GatewayError `response_not_found` */
  delete(id: string, owner: string | undefined): void {
    this.#find(id, owner, null)
    this.#drop(id)
  }

  /**
   * The whole conversation a request means: what came before, then its own items.
   * @throws GatewayError `response_not_found` for one that is not kept
   */
  conversation(
    input: readonly InputItem[],
    previous: string | null | undefined,
    owner: string | undefined,
  ): ConversationItem[] {
    const before = previous ? this.#find(previous, owner, 'previous_response_id').items : []
    const own = input.map((item, index) =>
      item.type === 'item_reference' ? this.#item(item.id, owner, `input[${index}].id`) : item,
    )
    return [...before, ...own]
  }

  #item(id: string, owner: string | undefined, param: string): ConversationItem {
    for (const { response } of this.#stored.values()) {
      const item = response.output.find((candidate) => candidate.id === id)
      // The owner and the time are checked where they are for any other response.
      if (item !== undefined) return this.#find(response.id, owner, param) && toInputItem(item)
    }
    throw notKept(param)
  }

  #find(id: string, owner: string | undefined, param: string | null): Stored {
    const stored = this.#stored.get(id)
    if (stored === undefined || stored.owner !== owner) throw notKept(param)
    if (stored.until > this.#now()) return stored
    this.#drop(id)
    throw notKept(param)
  }

  #drop(id: string): void {
    this.#chars -= this.#stored.get(id)?.chars ?? 0
    this.#stored.delete(id)
  }
}

function toInputItem(item: OutputItem): ConversationItem {
  switch (item.type) {
    case 'message':
      return {
        type: 'message',
        role: 'assistant',
        content: item.content.map(({ text }) => ({ type: 'output_text', text })),
      }
    case 'function_call':
      return { type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments }
    case 'reasoning':
      return { type: 'reasoning', summary: item.summary }
  }
}

function notKept(param: string | null): GatewayError {
  return new GatewayError(
    404,
    'response_not_found',
    'this response is not kept here: responses hold prompts, so only those made with store: true are, for half an hour in memory. Send the items themselves; the AI SDK does with providerOptions: { openai: { store: false } }',
    param,
  )
}
