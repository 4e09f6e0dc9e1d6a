/**
 * One call of a model, whichever API asked for it: whole or as server-sent events. Whoever goes away (the client, or the
 * server as it closes) ends the decoding. An error after the headers becomes a last frame in the API's own form and nothing
 * follows it, so that no client takes a cut text for a whole one. Nothing here reads or keeps a prompt.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { clientGone } from '../http/gateway-error.ts'
import { type ErrorBody, receiptOf } from '../http/to-http-error.ts'
import { type CallFacts, factsOf, ignoredIn, toHeaders, withIgnored } from './call-facts.ts'
import { CallLink } from './call-link.ts'
import { collectStream } from './collect-stream.ts'
import { type Answer, incompleteAnswer } from './finish.ts'
import type { TokenLogprob } from './logprobs.ts'
import { type OpenStream, openStream, type StreamRecord } from './open-stream.ts'

export interface CallContext {
  readonly model: LanguageModelV4
  /** Ends when the client goes away. */
  readonly client: AbortSignal
  /** Ends when the server gives up what runs; its reason is the error to answer. */
  readonly closing: AbortSignal | undefined
  /** The JSON of an error that comes after the headers. */
  readonly onStreamError: (error: unknown) => ErrorBody
  /**
   * Called once, when the call has ended in whatever way; never for one that `runCall` did not begin.
   * @param ended when the model has ended its work, where it was told to stop
   */
  readonly onEnd: (facts: CallFacts, error: unknown, ended?: Promise<void>) => void
}

/** How an API says an answer. */
export interface AnswerForm {
  readonly stream: boolean
  /** Whether a whole answer needs the log-probability of each token. */
  readonly logprobs: boolean
  /** What of the request no place honours. */
  readonly ignored: readonly string[]
  /** The body of a whole answer. */
  whole(answer: Answer, tokens: readonly TokenLogprob[], facts: CallFacts): object
  /** The frames of a streamed one. */
  frames(facts: CallFacts): AnswerFrames
}

/** Server-sent events as text: one or more frames, or '' where a part has nothing to say. */
export interface AnswerFrames {
  /** Throws GatewayError `incomplete_answer` for an interrupted answer. */
  part(part: LanguageModelV4StreamPart): string
  /** After the last part of an answer that is whole. */
  end(): string
  /** Instead of it. */
  fail(body: ErrorBody): string
}

/**
 * @param optionsOf the options of the call, for a signal that ends it
 * @throws what `optionsOf` throws, and what the model throws before its first output
 */
export async function runCall(
  context: CallContext,
  form: AnswerForm,
  optionsOf: (signal: AbortSignal) => LanguageModelV4CallOptions,
): Promise<Response> {
  const call = new RunningCall(context)
  try {
    const options = optionsOf(call.signal)
    call.begun = true
    if (form.stream) {
      const opened = await openStream(context.model, options, call.signal, call)
      call.facts = withIgnored(opened.facts, form.ignored)
      return new Response(streamed(form.frames(call.facts), opened, call), {
        headers: { ...STREAM_HEADERS, ...toHeaders(call.facts) },
      })
    }
    const {
      answer,
      tokens,
      facts: told,
    } = await (form.logprobs
      ? collectStream(await openStream(context.model, options, call.signal, call))
      : generate(context.model, options))
    const facts = withIgnored(told, form.ignored)
    call.facts = facts
    if (context.client.aborted) throw clientGone()
    const response = Response.json(form.whole(answer, tokens, facts), { headers: toHeaders(facts) })
    call.end(undefined)
    return response
  } catch (error) {
    const why = call.whyItEnded(error)
    call.end(why, error)
    throw why
  }
}

/** A call with what is known of it, whose end is told once. */
class RunningCall extends CallLink implements StreamRecord {
  readonly #context: CallContext
  #told = false
  /** Whether the model was asked. */
  begun = false
  facts: CallFacts = {}
  ended?: Promise<void>

  constructor(context: CallContext) {
    super(context.client, context.closing)
    this.#context = context
  }

  failure(error: Error): ErrorBody {
    return this.#context.onStreamError(error)
  }

  /** @param thrown what the model threw: of a call that was stopped it alone may know the receipt */
  end(error: Error | undefined, thrown: unknown = error): void {
    if (this.#told) return
    this.#told = true
    this.release()
    const receipt = receiptOf(thrown)
    const facts = receipt === undefined ? this.facts : { ...this.facts, receipt }
    if (this.begun) this.#context.onEnd(facts, error, this.ended)
  }
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // nginx would gather the frames.
  'x-accel-buffering': 'no',
}

async function generate(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
): Promise<{ answer: Answer; tokens: readonly TokenLogprob[]; facts: CallFacts }> {
  const answer = await model.doGenerate(options)
  const id = answer.response?.modelId
  const facts = {
    ...(id === undefined ? {} : { model: id }),
    ...ignoredIn(answer.warnings),
    ...factsOf(answer.providerMetadata),
  }
  return { answer, tokens: [], facts }
}

interface Frame {
  readonly text: string
  readonly last: boolean
}

/** Characters that go to the socket at a time, at most about. */
const ENOUGH = 16_384

/**
 * The frames as bytes. The next one is made when the socket has room; how far a place works ahead of a slow reader is its
 * own affair. The first goes out at once; after it, what is there within one turn of the event loop goes together, as each
 * write costs more than making its frame.
 */
function streamed(
  frames: AnswerFrames,
  opened: OpenStream,
  call: RunningCall,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  let finished = false
  let gone = false
  let begun = false
  /** The frame that was not there in time for the last write. */
  let coming: Promise<Frame> | null = null

  /** The text of the next parts that say something, and whether it is the last. */
  const step = async (): Promise<Frame> => {
    for (;;) {
      const part = await opened.next()
      if (part === undefined) {
        if (!finished) throw incompleteAnswer()
        return { text: frames.end(), last: true }
      }
      if (part.type === 'error') throw part.error
      if (part.type === 'finish') {
        finished = true
        call.facts = { ...call.facts, ...factsOf(part.providerMetadata) }
      }
      const text = frames.part(part)
      if (text !== '') return { text, last: false }
    }
  }

  const gathered = async (): Promise<Frame> => {
    const first = await (coming ?? step())
    coming = null
    if (!begun) {
      begun = true
      return first
    }
    let { text, last } = first
    const turn = new Promise<null>((resolve) => setImmediate(resolve, null))
    while (!last && text.length < ENOUGH) {
      coming = step()
      // Whoever asks for it next hears of its failure.
      coming.catch(() => {})
      const more = await Promise.race([coming, turn])
      if (more === null) break
      coming = null
      text += more.text
      last = more.last
    }
    return { text, last }
  }

  return new ReadableStream({
    async pull(controller) {
      let text: string
      let last = true
      try {
        const next = await gathered()
        text = next.text
        last = next.last
        if (last) call.end(undefined)
      } catch (error) {
        const why = call.whyItEnded(error)
        opened.cancel(why)
        text = gone ? '' : frames.fail(call.failure(why))
        call.end(why, error)
      }
      if (gone) return
      controller.enqueue(encoder.encode(text))
      if (last) controller.close()
    },
    cancel() {
      gone = true
      const why = clientGone()
      opened.cancel(why)
      call.end(why)
    },
  })
}
