/**
 * A linear head as a device model: it reads the text of the last user message and answers with a label, in well under a millisecond. The
 * logarithm of the label's calibrated probability is its token's log-probability, so bars and certificates work as with any model. What it
 * cannot do (tools, files, JSON) it lacks, so that the router asks elsewhere; asked all the same, it says so in warnings.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  SharedV4Warning,
} from '@ai-sdk/provider'
import { collect, partsOf } from '../call/collect.ts'
import { BadOptionError } from '../errors.ts'
import type { DeviceModel } from './device-model.ts'
import { partStream } from './part-stream.ts'
import { tokenFacts } from './token-facts.ts'
import { tokenUsage } from './token-usage.ts'
import { createTurns } from './turns.ts'

/** What this adapter uses of a linear head (`readLinear` of `@edgewise/student`). */
export interface LinearLike {
  readonly labels: readonly string[]
  classify(text: string): {
    readonly label: string
    readonly probability: number
    readonly outOfScope: number
  }
  /** [labels] */
  probabilities(text: string): Float32Array
}

/** The least probability whose logarithm is told: a head's are 32-bit floats, and may be 0. */
const LEAST = 1e-38

/** `modelId`: what receipts and certificates call it; another training needs another one. */
export function linearDevice(head: LinearLike, { modelId }: { readonly modelId: string }): DeviceModel {
  const turns = createTurns(1)
  const doStream: LanguageModelV4['doStream'] = async (call) => {
    const text = lastUserText(call)
    if (text === '')
      throw new BadOptionError('the prompt has no user message with text: the linear head reads the last one')
    return {
      stream: partStream(turns, {
        abortSignal: call.abortSignal,
        warnings: warningsOf(call),
        parts: () => parts(head, text, call),
      }),
    }
  }
  return {
    specificationVersion: 'v4',
    provider: 'edgewise.device',
    modelId,
    supportedUrls: {},
    // It reads no tokens: of a long text the beginning, whatever its length.
    facts: {
      contextLength: Number.MAX_SAFE_INTEGER,
      countTokens: () => null,
      lacks: (_, call) => lacks(call),
    },
    doStream,
    async doGenerate(call) {
      return collect(partsOf((await doStream(call)).stream))
    },
  }
}

async function* parts(
  head: LinearLike,
  text: string,
  call: LanguageModelV4CallOptions,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const { label, probability, outOfScope } = head.classify(text)
  const asked = call.providerOptions?.edgewise?.topLogprobs
  const best = [...head.probabilities(text)]
    .map((share, i) => ({ share, label: head.labels[i]! }))
    .sort((a, b) => b.share - a.share)
  const logprob = logOf(probability)
  const top = best.slice(0, typeof asked === 'number' ? asked : 0).map((one, id) => ({
    id,
    text: one.label,
    bytes: new TextEncoder().encode(one.label),
    logprob: logOf(one.share),
  }))
  const id = '0'
  const edgewise = tokenFacts({
    logprob,
    margin: logprob - logOf(best[1]?.share ?? 0),
    ...(top.length > 0 && { top }),
  })
  yield { type: 'text-start', id }
  yield { type: 'text-delta', id, delta: label, providerMetadata: { edgewise } }
  yield { type: 'text-end', id }
  yield {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: tokenUsage({ promptTokens: 0, cachedTokens: 0, completionTokens: 1 }),
    providerMetadata: { edgewise: { meanLogprob: logprob, data: { label, probability, outOfScope } } },
  }
}

const logOf = (probability: number): number => Math.log(Math.max(probability, LEAST))

/** Empty without a user message, or one without text. */
function lastUserText({ prompt }: LanguageModelV4CallOptions): string {
  const message = prompt.findLast(({ role }) => role === 'user')
  if (message?.role !== 'user') return ''
  return message.content
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim()
}

function lacks({ tools, toolChoice, prompt, responseFormat }: LanguageModelV4CallOptions): readonly string[] {
  const missing: string[] = []
  if ((tools?.length ?? 0) > 0 && toolChoice?.type !== 'none') missing.push('tools')
  const hasFile = prompt.some(
    ({ role, content }) => role === 'user' && content.some(({ type }) => type === 'file'),
  )
  if (hasFile) missing.push('files')
  if (responseFormat?.type === 'json') missing.push('a JSON answer')
  return missing
}

function warningsOf(call: LanguageModelV4CallOptions): SharedV4Warning[] {
  const warnings: SharedV4Warning[] = lacks(call).map((feature) => ({ type: 'unsupported', feature }))
  if (call.prompt.some(({ role }) => role === 'system'))
    warnings.push({
      type: 'unsupported',
      feature: 'system message',
      details: 'it was trained to do one thing',
    })
  return warnings
}
