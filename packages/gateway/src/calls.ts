/**
 * The routes that run a model: chat completions, responses, embeddings. What they share is here: who may call and how often,
 * whose call it is, and the account of it when it has ended.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider'
import type { Ledger } from '@edgewise/evidence'
import { type CallFacts, factsOfReceipt, toHeaders } from './call/call-facts.ts'
import { CallLink } from './call/call-link.ts'
import { pickTask } from './call/pick-model.ts'
import { type CallContext, runCall } from './call/run-call.ts'
import { MAX_LABEL } from './call/schemas.ts'
import { type CallLabels, toCallOptions } from './call/to-call-options.ts'
import { chatForm, chatSettings } from './chat/chat.ts'
import { parseRequest as parseChat } from './chat/parse-request.ts'
import { embed, parseEmbeddings } from './embeddings/embeddings.ts'
import type { Admission } from './http/admission.ts'
import type { BodyBudget } from './http/body-budget.ts'
import { GatewayError, invalidRequest } from './http/gateway-error.ts'
import { checkContentType } from './http/guard.ts'
import { readJson } from './http/read-json.ts'
import { type ErrorBody, receiptOf } from './http/to-http-error.ts'
import type { ApiKey } from './keys/api-key.ts'
import type { RateLimit } from './keys/rate-limit.ts'
import type { ReceiptOwners } from './keys/receipt-owners.ts'
import type { Metrics } from './metrics/metrics.ts'
import { parseRequest as parseResponses } from './responses/parse-request.ts'
import type { ResponseStore } from './responses/response-store.ts'
import { inputItems, responseForm, responseSettings } from './responses/responses.ts'

/** One request, as far as a call needs to know it. */
export interface Caller {
  readonly request: Request
  readonly requestId: string
  readonly closing: AbortSignal | undefined
  readonly key: ApiKey | undefined
  readonly model: LanguageModelV4
  readonly embeddings: readonly EmbeddingModelV4[]
}

export interface CallsOptions {
  /** The names the model goes by. */
  readonly modelIds: readonly string[]
  readonly ledger: Pick<Ledger, 'get'>
  readonly bodyLimit: number
  readonly admission: Admission
  readonly bodies: BodyBudget
  readonly rateLimit: RateLimit
  readonly metrics: Metrics
  readonly owners: ReceiptOwners
  readonly store: ResponseStore
  /** The JSON of an error that comes after the headers; it goes into the log. */
  readonly onStreamError: (error: unknown, requestId: string) => ErrorBody
}

export class Calls {
  readonly #options: CallsOptions

  constructor(options: CallsOptions) {
    this.#options = options
  }

  /** @throws GatewayError, and what the model throws before its first output */
  chat(caller: Caller): Promise<Response> {
    return this.#admitted(caller, (body, leave) => {
      const request = parseChat(body)
      const labels = this.#labels(caller, request.model, request.safety_identifier ?? request.user)
      const form = chatForm(request, caller.requestId)
      const settings = chatSettings(request)
      return runCall(this.#context(caller, leave), form, (signal) => toCallOptions(settings, labels, signal))
    })
  }

  /** @throws as `chat`; GatewayError `response_not_found` */
  responses(caller: Caller): Promise<Response> {
    return this.#admitted(caller, (body, leave) => {
      const { store } = this.#options
      const request = parseResponses(body)
      const labels = this.#labels(caller, request.model, request.safety_identifier ?? request.user)
      const owner = caller.key?.id
      const conversation = store.conversation(inputItems(request), request.previous_response_id, owner)
      const settings = responseSettings(request, conversation)
      const form = responseForm(request, caller.requestId, (response) => {
        if (response.store) store.put(response, conversation, owner)
      })
      return runCall(this.#context(caller, leave), form, (signal) => toCallOptions(settings, labels, signal))
    })
  }

  /** @throws GatewayError `no_embeddings` where there is no embedding model; what the model throws */
  async embeddings(caller: Caller): Promise<Response> {
    const { embeddings, key, request: incoming } = caller
    if (embeddings.length === 0)
      throw new GatewayError(
        404,
        'no_embeddings',
        'this server has no embedding model: start it with a model that embeds, or ask another server',
      )
    return this.#admitted(caller, async (body, leave) => {
      const request = parseEmbeddings(body)
      const named = embeddings.find(({ modelId }) => modelId === request.model)
      const modelIds = [...this.#options.modelIds, ...embeddings.map(({ modelId }) => modelId)]
      const header = incoming.headers.get('x-edgewise-task') ?? undefined
      const labels = this.#labelsOf(caller, pickTask(request.model, modelIds, header), request.user)
      const link = new CallLink(incoming.signal, caller.closing)
      let known: CallFacts = {}
      const onReceipt = (facts: CallFacts): void => {
        known = facts
        void this.#account(facts, undefined, key)
      }
      try {
        const embedded = await embed(named ?? embeddings[0]!, request, labels, link.signal, onReceipt)
        return Response.json(embedded, { headers: toHeaders(known) })
      } catch (error) {
        const why = link.whyItEnded(error)
        const receipt = receiptOf(error)
        if (receipt !== undefined) void this.#account({ receipt }, why, key)
        throw why
      } finally {
        link.release()
        leave()
      }
    })
  }

  /** Reads the body and lets the call in. `leave` is called when the call has ended, here when it never began. */
  async #admitted(
    caller: Caller,
    answer: (body: unknown, leave: () => void) => Promise<Response>,
  ): Promise<Response> {
    const { admission, bodies, rateLimit, bodyLimit } = this.#options
    checkContentType(caller.request.headers.get('content-type') ?? undefined)
    const rateHeaders = caller.key === undefined ? {} : rateLimit.take(caller.key)
    admission.check()
    const share = bodies.share()
    let leavePlace = (): void => {}
    const leave = (): void => {
      share.release()
      leavePlace()
    }
    try {
      const body = await readJson(caller.request, bodyLimit, share)
      leavePlace = admission.enter()
      const response = await answer(body, leave)
      for (const [name, value] of Object.entries(rateHeaders)) response.headers.set(name, value)
      return response
    } catch (error) {
      leave()
      throw error
    }
  }

  #labels(caller: Caller, model: string, user: string | null | undefined): CallLabels {
    // An empty header is a task without a name, which the router refuses: it must not become the default rule.
    const header = caller.request.headers.get('x-edgewise-task')
    return this.#labelsOf(caller, pickTask(model, this.#options.modelIds, header ?? undefined), user)
  }

  #labelsOf(
    { request, key }: Caller,
    task: string | null | undefined,
    user: string | null | undefined,
  ): CallLabels {
    const named = labelOf(request, 'x-edgewise-user') ?? user ?? undefined
    const conversation = labelOf(request, 'x-edgewise-conversation')
    if (key === undefined) return { task: task ?? undefined, user: named, conversation }
    return {
      task: task ?? undefined,
      // The label of a key is its owner's word, and goes before the caller's. Without one, the users a caller names are its own:
      // a budget and the answers that are kept belong to a user, and two keys that name theirs alike must not share them.
      user: key.user ?? (named === undefined ? key.id : `${key.id}:${named}`),
      // So with placeholders, which belong to a conversation.
      conversation: conversation === undefined ? undefined : `${key.id}:${conversation}`,
    }
  }

  #context({ request, requestId, closing, key, model }: Caller, leave: () => void): CallContext {
    return {
      model,
      client: request.signal,
      closing,
      onStreamError: (error) => this.#options.onStreamError(error, requestId),
      onEnd: (facts, error, ended) => {
        leave()
        void this.#account(facts, error, key, ended)
      },
    }
  }

  /** What is known of a call that failed stands in its receipt alone. */
  async #account(
    facts: CallFacts,
    error: unknown,
    key: ApiKey | undefined,
    ended?: Promise<void>,
  ): Promise<void> {
    const { owners, ledger, metrics } = this.#options
    const { receipt: id } = facts
    if (id !== undefined && key !== undefined) owners.add(id, key.id)
    if (error === undefined) return metrics.called(facts, 'ok')
    const outcome = error instanceof GatewayError && error.code === 'aborted' ? 'aborted' : 'error'
    let known = facts
    try {
      let receipt = id === undefined ? undefined : await ledger.get(id)
      if (id !== undefined && receipt === undefined && ended !== undefined) {
        // That of a call that was stopped is written when its places have stopped.
        await Promise.race([ended, sleep(STOP_MS, undefined, UNREF)])
        receipt = await ledger.get(id)
      }
      if (receipt !== undefined) known = { ...facts, ...factsOfReceipt({ ...receipt }) }
    } catch {
      // A ledger that cannot be read must not hide that a call failed.
    }
    metrics.called(known, outcome)
  }
}

/** How long a call that was told to stop is waited for before it is counted, in ms. */
const STOP_MS = 5000
const UNREF = { ref: false }

/** As long as what a body may name. An empty header names nobody. @throws GatewayError `invalid_request` */
function labelOf(request: Request, header: string): string | undefined {
  const label = request.headers.get(header) || undefined
  if (label !== undefined && label.length > MAX_LABEL)
    throw invalidRequest(`${header}: must be ${MAX_LABEL} characters at most`, header)
  return label
}
