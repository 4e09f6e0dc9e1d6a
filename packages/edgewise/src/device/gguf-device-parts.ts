/**
 * What is read of an answer -> stream parts: text, thoughts and calls as blocks, each begun, filled and ended. What is
 * known of a token goes with its text where that came out as it is, not where it was held back.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { AnswerPart } from '@edgewise/engine'
import { type ToldToken, tokenFacts } from './token-facts.ts'

type Part = LanguageModelV4StreamPart
type BlockType = 'text' | 'reasoning'

export interface PartWriter {
  /** The parts for what one token told. */
  write(read: readonly AnswerPart[], token: ToldToken & { readonly text: string }): Part[]
  /** The parts for what the end told; the last block is ended, and there is at least one. */
  end(read: readonly AnswerPart[]): Part[]
  readonly hasCalls: boolean
}

/** `isPlain`: nothing of the answer can be held back or be anything but text, so every token is told of. */
export function partWriter(isPlain: boolean): PartWriter {
  let open: { type: BlockType; id: string } | undefined
  let blocks = 0
  let hasCalls = false

  const close = (): Part[] => {
    const ended = open
    open = undefined
    return ended ? [{ type: `${ended.type}-end`, id: ended.id }] : []
  }
  const block = (type: BlockType): { begun: Part[]; id: string } => {
    if (open?.type === type) return { begun: [], id: open.id }
    const ended = close()
    open = { type, id: String(blocks++) }
    return { begun: [...ended, { type: `${type}-start`, id: open.id }], id: open.id }
  }
  const text = (type: BlockType, delta: string, token?: ToldToken): Part[] => {
    const { begun, id } = block(type)
    const told = token && { providerMetadata: { edgewise: tokenFacts(token) } }
    return [...begun, { type: `${type}-delta`, id, delta, ...told }]
  }
  const parts = (read: AnswerPart, token?: ToldToken): Part[] => {
    switch (read.type) {
      case 'text':
        return text('text', read.text, token)
      case 'malformed':
        return text('text', read.text)
      case 'reasoning':
        return text('reasoning', read.text)
      case 'call': {
        hasCalls = true
        const { id, name } = read.call
        const input = JSON.stringify(read.call.arguments)
        return [
          ...close(),
          { type: 'tool-input-start', id, toolName: name },
          { type: 'tool-input-delta', id, delta: input },
          { type: 'tool-input-end', id },
          { type: 'tool-call', toolCallId: id, toolName: name, input },
        ]
      }
    }
  }
  return {
    write(read, token) {
      const [first] = read
      const isWhole = read.length === 1 && first?.type === 'text' && first.text === token.text
      if (read.length === 0) return isPlain ? text('text', '', token) : []
      return read.flatMap((part) => parts(part, isWhole ? token : undefined))
    },
    end(read) {
      const last = read.flatMap((part) => parts(part))
      const isEmpty = blocks === 0 && !hasCalls
      return [...last, ...(isEmpty ? block('text').begun : []), ...close()]
    },
    get hasCalls() {
      return hasCalls
    },
  }
}
