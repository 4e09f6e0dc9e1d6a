/** Which answers may be given again: whole ones that ended as they should, as the parts that are the answer itself. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

type Part = LanguageModelV4StreamPart

/** Of one call alone, written anew for the next. */
const ofTheCall: ReadonlySet<Part['type']> = new Set(['stream-start', 'response-metadata', 'raw', 'ping'])

/**
 * The parts from the first block to the finish; null for an answer with an error in it, one that was cut (`length`), refused
 * (`content-filter`) or not finished, and one with an open block.
 */
export function keepable(parts: readonly Part[]): readonly Part[] | null {
  const finish = parts.at(-1)
  if (finish?.type !== 'finish') return null
  const { unified } = finish.finishReason
  if (unified !== 'stop' && unified !== 'tool-calls') return null
  const open = new Set<string>()
  for (const part of parts) {
    if (part.type === 'error') return null
    const [, block, edge] = /^(text|reasoning|tool-input)-(start|end)$/.exec(part.type) ?? []
    if (edge === undefined || !('id' in part)) continue
    if (edge === 'start') open.add(`${block} ${part.id}`)
    else open.delete(`${block} ${part.id}`)
  }
  return open.size > 0 ? null : parts.filter(({ type }) => !ofTheCall.has(type))
}
