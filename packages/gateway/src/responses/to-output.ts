/** The content of a whole answer -> the items of a response. Pure. */
import type { LanguageModelV4Content } from '@ai-sdk/provider'
import type { TokenLogprob } from '../call/logprobs.ts'
import { writtenArguments } from '../call/tool-calls.ts'
import { type ItemStatus, itemId, type OutputItem, outputText } from './resource.ts'

/**
 * @param base what the ids of the items are made of
 * @param tokens of all text; they stand beside the last one
 * @param cut whether the answer was cut off: then its last item is not whole
 */
export function toOutput(
  content: readonly LanguageModelV4Content[],
  tokens: readonly TokenLogprob[],
  base: string,
  cut: boolean,
): OutputItem[] {
  const kept = content.filter(isForCaller)
  const lastText = kept.findLastIndex((part) => part.type === 'text')
  return kept.map((part, index) => {
    const status = cut && index === kept.length - 1 ? 'incomplete' : 'completed'
    return toItem(part, base, index, status, index === lastText ? tokens : [])
  })
}

function toItem(
  part: ForCaller,
  base: string,
  index: number,
  status: ItemStatus,
  tokens: readonly TokenLogprob[],
): OutputItem {
  switch (part.type) {
    case 'text': {
      const id = itemId('message', base, index)
      return { type: 'message', id, status, role: 'assistant', content: [outputText(part.text, tokens)] }
    }
    case 'reasoning': {
      const summary = [{ type: 'summary_text' as const, text: part.text }]
      return { type: 'reasoning', id: itemId('reasoning', base, index), status, summary }
    }
    case 'tool-call': {
      const { toolCallId, toolName } = part
      const input = writtenArguments(part.input)
      const id = itemId('function_call', base, index)
      return { type: 'function_call', id, call_id: toolCallId, name: toolName, arguments: input, status }
    }
  }
}

type ForCaller = Extract<LanguageModelV4Content, { type: 'text' | 'reasoning' | 'tool-call' }>

/** Not sources, files, and calls the provider has run itself; not an empty text. */
function isForCaller(part: LanguageModelV4Content): part is ForCaller {
  if (part.type === 'text' || part.type === 'reasoning') return part.text !== ''
  return part.type === 'tool-call' && !part.providerExecuted
}
