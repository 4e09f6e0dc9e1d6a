/**
 * A stream of parts as one result: what `doGenerate` gives back. Blocks keep the order they began in. An error part
 * or an error of the stream rejects, after the stream was read to its end.
 */
import type {
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import { IncompleteAnswerError } from '../errors.ts'

type Block = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' }>

export async function collect(
  parts: AsyncIterable<LanguageModelV4StreamPart>,
): Promise<LanguageModelV4GenerateResult> {
  const content: LanguageModelV4Content[] = []
  const blocks = new Map<string, Block>()
  const result: Pick<LanguageModelV4GenerateResult, 'warnings' | 'response'> = { warnings: [] }
  let failure: { error: unknown } | null = null
  let finish: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | null = null

  const block = (type: Block['type'], id: string): Block => {
    const key = `${type} ${id}`
    const known = blocks.get(key)
    if (known !== undefined) return known
    const begun: Block = { type, text: '' }
    blocks.set(key, begun)
    content.push(begun)
    return begun
  }

  for await (const part of parts) {
    switch (part.type) {
      case 'stream-start':
        result.warnings = part.warnings
        break
      case 'response-metadata': {
        const { type: _, ...response } = part
        result.response = response
        break
      }
      case 'text-start':
      case 'reasoning-start':
        block(part.type === 'text-start' ? 'text' : 'reasoning', part.id)
        break
      case 'text-delta':
      case 'reasoning-delta':
        block(part.type === 'text-delta' ? 'text' : 'reasoning', part.id).text += part.delta
        break
      case 'error':
        failure ??= { error: part.error }
        break
      case 'finish':
        finish = part
        break
      case 'text-end':
      case 'reasoning-end':
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-input-end':
      case 'raw':
      case 'ping':
        break
      default:
        content.push(part)
    }
  }
  if (failure !== null) throw failure.error
  if (finish === null) throw new IncompleteAnswerError('the stream ended without a finished answer')
  const { finishReason, usage, providerMetadata } = finish
  return {
    ...result,
    content: content.filter((part) => part.type !== 'text' || part.text !== ''),
    finishReason,
    usage,
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
  }
}

/** The parts of a stream, for hosts whose streams cannot be iterated. Ending early cancels it. */
export async function* partsOf(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): AsyncGenerator<LanguageModelV4StreamPart, void, void> {
  const reader = stream.getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    reader.cancel().catch(() => {})
  }
}
