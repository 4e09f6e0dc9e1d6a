/**
 * POST /v1/embeddings of a rehearsal: texts with words in common are near one another, and the same text always has the
 * same vector. Each word adds or takes 1 at places drawn from its hash (feature hashing, Weinberger et al. 2009).
 */
import { createHash } from 'node:crypto'
import * as z from 'zod'

export interface EmbeddingsRequest {
  readonly model: string
  readonly input: readonly string[]
  readonly dimensions: number
  readonly base64: boolean
}

const DIMENSIONS = 256
/** Places a word marks. */
const PLACES = 8

const schema = z.looseObject({
  model: z.string().min(1),
  input: z.string().or(z.array(z.string()).min(1).max(2048)),
  dimensions: z.int().min(8).max(4096).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
})

/** The request, or what is wrong with it, a sentence that quotes no text of it. */
export function readEmbeddingsRequest(body: unknown): EmbeddingsRequest | string {
  const parsed = schema.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `${z.core.toDotPath(issue!.path) || 'the body'}: ${issue!.message}`
  }
  const { model, input, dimensions, encoding_format } = parsed.data
  return {
    model,
    input: typeof input === 'string' ? [input] : input,
    dimensions: dimensions ?? DIMENSIONS,
    base64: encoding_format === 'base64',
  }
}

/** The body of the answer, in OpenAI's format. */
export function embeddingsAnswer(request: EmbeddingsRequest, model: string): object {
  const { input, dimensions, base64 } = request
  const tokens = input.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / 4)), 0)
  return {
    object: 'list',
    model,
    data: input.map((text, index) => {
      const vector = embed(text, dimensions)
      return { object: 'embedding', index, embedding: base64 ? toBase64(vector) : [...vector] }
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** A vector of unit length. */
export function embed(text: string, dimensions: number = DIMENSIONS): Float32Array {
  const vector = new Float32Array(dimensions)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const hash = createHash('sha256').update(word).digest()
    for (let place = 0; place < PLACES; place++) {
      const bits = hash.readUInt32LE(place * 4)
      vector[(bits >>> 1) % dimensions]! += bits & 1 ? 1 : -1
    }
  }
  const norm = Math.hypot(...vector)
  // Words can cancel one another out; a vector of zeros has no direction.
  if (norm === 0) vector[0] = 1
  return norm === 0 ? vector : vector.map((value) => value / norm)
}

/** Little-endian 32-bit floats. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
