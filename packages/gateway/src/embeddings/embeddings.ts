/**
 * POST /v1/embeddings, from an AI SDK embedding model. OpenAI's client asks for base64 unless told otherwise: that is the
 * vector as little-endian 32-bit floats. The order of the answers is that of the inputs.
 */
import type { EmbeddingModelV4 } from '@ai-sdk/provider'
import * as z from 'zod'
import { type CallFacts, factsOf } from '../call/call-facts.ts'
import { type Nullish, present } from '../call/json.ts'
import { label } from '../call/schemas.ts'
import type { CallLabels } from '../call/to-call-options.ts'
import { clientGone, GatewayError, invalidRequest } from '../http/gateway-error.ts'
import { parseBody } from '../http/parse-body.ts'

/** OpenAI's own limit. */
const MAX_INPUTS = 2048

const text = z
  .string('must be a text: tokens are refused, as nobody can say of which tokenizer they are')
  .min(1, 'must not be empty')

export interface EmbeddingsRequest {
  readonly model: string
  readonly input: string | readonly string[]
  readonly encoding_format?: Nullish<'float' | 'base64'>
  readonly dimensions?: Nullish<number>
  readonly user?: Nullish<string>
}

const request: z.ZodType<EmbeddingsRequest> = z.object({
  model: z.string(),
  input: z.union([
    text,
    z
      .array(text)
      .min(1)
      .max(MAX_INPUTS, `must be ${MAX_INPUTS} texts at most: send the rest in another request`),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: label.nullish(),
})

/** @throws GatewayError `invalid_request` */
export function parseEmbeddings(body: unknown): EmbeddingsRequest {
  return parseBody(request, body)
}

export interface Embeddings {
  readonly object: 'list'
  readonly data: readonly {
    readonly object: 'embedding'
    readonly index: number
    readonly embedding: readonly number[] | string
  }[]
  readonly model: string
  /** Absent when the model did not count. */
  readonly usage?: { readonly prompt_tokens: number; readonly total_tokens: number }
}

/**
 * @param onReceipt takes what each call of the model says of itself
 * @throws GatewayError `invalid_request` when other `dimensions` were asked for than the model has; what the model throws
 */
export async function embed(
  model: EmbeddingModelV4,
  { input, encoding_format: encoding, dimensions }: EmbeddingsRequest,
  labels: CallLabels,
  abortSignal: AbortSignal,
  onReceipt: (facts: CallFacts) => void,
): Promise<Embeddings> {
  const texts = typeof input === 'string' ? [input] : input
  const atOnce = Math.min((await model.maxEmbeddingsPerCall) ?? MAX_INPUTS, MAX_INPUTS)
  const edgewise = present(labels)
  const providerOptions = Object.keys(edgewise).length === 0 ? {} : { providerOptions: { edgewise } }
  const vectors: number[][] = []
  let tokens: number | undefined = 0
  for (let start = 0; start < texts.length; start += atOnce) {
    const values = texts.slice(start, start + atOnce)
    const { embeddings, usage, providerMetadata } = await model.doEmbed({
      values,
      abortSignal,
      ...providerOptions,
    })
    onReceipt(factsOf(providerMetadata))
    if (abortSignal.aborted) throw clientGone()
    vectors.push(...embeddings)
    tokens = tokens === undefined || usage === undefined ? undefined : tokens + usage.tokens
  }
  if (vectors.length !== texts.length)
    throw new GatewayError(502, 'incomplete_answer', 'the model left out some of the embeddings: ask again')
  const size = vectors[0]!.length
  if (typeof dimensions === 'number' && dimensions !== size)
    throw invalidRequest(`dimensions: must be ${size} or absent, the model has no other`, 'dimensions')
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? toBase64(vector) : vector,
    })),
    model: model.modelId,
    ...(tokens === undefined ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4)
  })
  return bytes.toString('base64')
}
