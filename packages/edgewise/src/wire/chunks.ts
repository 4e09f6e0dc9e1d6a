/**
 * Chunks of a chat completion -> stream parts: text and thoughts as blocks, calls of tools as they grow, the log-probability and
 * the margin of each token that came alone with its text. A whole completion is read as its one chunk.
 */
import type {
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { TokenFacts } from '../device/device-model.ts'
import type { Chunk, LogprobEntry, ToolCallDelta } from './chunk-shape.ts'

type Part = LanguageModelV4StreamPart
type BlockType = 'text' | 'reasoning'

export interface ChunkReader {
  push(chunk: Chunk): Part[]
  /** Ends what is open; the last part is the finish. */
  end(): Part[]
}

export interface ChunkReaderOptions {
  /** The limit of the call, where the server says `stop` also for an answer that was cut there; else undefined. */
  readonly hiddenLimit?: number | undefined
  /** How many of the most probable tokens are told; 0 when not given. */
  readonly topLogprobs?: number
}

interface OpenCall {
  readonly id: string
  readonly name: string
  input: string
}

export function chunkReader({ hiddenLimit, topLogprobs = 0 }: ChunkReaderOptions = {}): ChunkReader {
  let open: { type: BlockType; id: string } | undefined
  let blocks = 0
  let raw: string | undefined
  let usage: Chunk['usage']
  const calls = new Map<number, OpenCall>()
  const chosen = { sum: 0, count: 0 }

  const close = (): Part[] => {
    const ended = open
    open = undefined
    return ended ? [{ type: `${ended.type}-end`, id: ended.id }] : []
  }
  const into = (type: BlockType): { begun: Part[]; id: string } => {
    if (open?.type === type) return { begun: [], id: open.id }
    const ended = close()
    open = { type, id: String(blocks++) }
    return { begun: [...ended, { type: `${type}-start`, id: open.id }], id: open.id }
  }
  const text = (delta: string, tokens: readonly LogprobEntry[]): Part[] => {
    const { begun, id } = into('text')
    const measured = tokens.map((token) => measure(token, topLogprobs)).filter((told) => told !== undefined)
    for (const { logprob } of measured) {
      chosen.sum += logprob
      chosen.count++
    }
    // Several tokens in one piece of text: the text goes with the last, so that no token's figures are lost.
    const parts = measured.map((told, i): Part => {
      const isLast = i === measured.length - 1
      return { type: 'text-delta', id, delta: isLast ? delta : '', providerMetadata: { edgewise: told } }
    })
    return [...begun, ...(parts.length > 0 ? parts : [{ type: 'text-delta' as const, id, delta }])]
  }
  const call = ({ index = calls.size, id, function: said }: ToolCallDelta): Part[] => {
    const known = calls.get(index)
    const delta = said?.arguments ?? ''
    const grown = (to: OpenCall): Part[] => {
      to.input += delta
      return delta === '' ? [] : [{ type: 'tool-input-delta', id: to.id, delta }]
    }
    if (known) return grown(known)
    const begun = { id: id || `call-${crypto.randomUUID()}`, name: said?.name ?? '', input: '' }
    calls.set(index, begun)
    return [...close(), { type: 'tool-input-start', id: begun.id, toolName: begun.name }, ...grown(begun)]
  }

  return {
    push(chunk) {
      usage = chunk.usage ?? usage
      const choice = chunk.choices?.[0]
      if (!choice) return []
      raw = choice.finish_reason ?? raw
      const said = choice.delta ?? choice.message ?? {}
      const thought = said.reasoning_content ?? said.reasoning ?? ''
      const tokens = choice.logprobs?.content ?? []
      const parts: Part[] = []
      if (thought !== '') {
        const { begun, id } = into('reasoning')
        parts.push(...begun, { type: 'reasoning-delta', id, delta: thought })
      }
      if (said.content) parts.push(...text(said.content, tokens))
      parts.push(...(said.tool_calls ?? []).flatMap(call))
      return parts
    },
    end() {
      const isEmpty = blocks === 0 && calls.size === 0
      const last = [...(isEmpty ? into('text').begun : []), ...close()]
      for (const { id, name, input } of calls.values()) {
        last.push(
          { type: 'tool-input-end', id },
          { type: 'tool-call', toolCallId: id, toolName: name, input: input === '' ? '{}' : input },
        )
      }
      const counted = usageOf(usage)
      const isCut =
        raw === 'stop' && hiddenLimit !== undefined && (counted.outputTokens.total ?? 0) >= hiddenLimit
      last.push({
        type: 'finish',
        finishReason: { unified: isCut ? 'length' : unified(raw, calls.size > 0), raw },
        usage: counted,
        providerMetadata: {
          edgewise: chosen.count === 0 ? {} : { meanLogprob: chosen.sum / chosen.count },
        },
      })
      return last
    },
  }
}

/** Natural logarithms. The margin is that of the two most probable tokens, whichever was taken. */
function measure({ logprob, top_logprobs }: LogprobEntry, most: number): TokenFacts | undefined {
  if (typeof logprob !== 'number' || !Number.isFinite(logprob)) return undefined
  const top = (top_logprobs ?? [])
    .map(({ token, bytes, logprob }) => ({ token: token ?? '', bytes, logprob: logprob ?? Number.NaN }))
    .filter((entry) => Number.isFinite(entry.logprob))
    .sort((a, b) => b.logprob - a.logprob)
  const [first, second] = top
  return {
    logprob,
    ...(first && second && { margin: first.logprob - second.logprob }),
    ...(most > 0 && {
      topLogprobs: top.slice(0, most).map(({ token, bytes, logprob }) => ({
        token,
        logprob,
        bytes: [...(bytes ?? new TextEncoder().encode(token))],
      })),
    }),
  }
}

function unified(raw: string | undefined, hasCalls: boolean): LanguageModelV4FinishReason['unified'] {
  switch (raw) {
    case 'stop':
      return hasCalls ? 'tool-calls' : 'stop'
    case 'length':
      return 'length'
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls'
    case 'content_filter':
      return 'content-filter'
    default:
      return 'other'
  }
}

function usageOf(usage: Chunk['usage']): LanguageModelV4Usage {
  const total = usage?.prompt_tokens ?? undefined
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? undefined
  const output = usage?.completion_tokens ?? undefined
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? undefined
  return {
    inputTokens: {
      total,
      noCache: total === undefined || cached === undefined ? undefined : total - cached,
      cacheRead: cached,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: output,
      text: output === undefined || reasoning === undefined ? undefined : output - reasoning,
      reasoning,
    },
  }
}
