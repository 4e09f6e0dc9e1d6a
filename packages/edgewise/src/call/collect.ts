/**
 * A stream of parts as one result: what `doGenerate` gives back. Blocks keep the order they began in, and what their parts
 * say for providers, but not what this package says of a block: the receipt has it. An error part or an error of the stream
 * rejects, after the stream was read to its end.
 */
import type {
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
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

  const add = (type: Block['type'], part: BlockPart): void => {
    const key = `${type} ${part.id}`
    const block: Block = blocks.get(key) ?? { type, text: '' }
    if (!blocks.has(key)) {
      blocks.set(key, block)
      content.push(block)
    }
    block.text += part.delta ?? ''
    const said = merged(block.providerMetadata, part.providerMetadata)
    if (said !== undefined) block.providerMetadata = said
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
      case 'text-delta':
      case 'text-end':
        add('text', part)
        break
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        add('reasoning', part)
        break
      case 'error':
        failure ??= { error: part.error }
        break
      case 'finish':
        finish = part
        break
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

interface BlockPart {
  readonly id: string
  readonly delta?: string
  readonly providerMetadata?: SharedV4ProviderMetadata
}

/** What is said later goes before, value by value. */
function merged(
  before: SharedV4ProviderMetadata | undefined,
  { edgewise: _, ...later }: SharedV4ProviderMetadata = {},
): SharedV4ProviderMetadata | undefined {
  const entries = Object.entries(later).map(([name, said]) => [name, { ...before?.[name], ...said }] as const)
  return entries.length === 0 ? before : { ...before, ...Object.fromEntries(entries) }
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
