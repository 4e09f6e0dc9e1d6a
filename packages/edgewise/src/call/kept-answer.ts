/** An answer that an earlier call got, given again: with a receipt of its own, that says whose it was and how old it is. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Hit } from '../cache/index.ts'
import type { Host } from '../host.ts'
import type { StartedCall } from './begin.ts'
import { marked } from './release.ts'
import { seal } from './seal.ts'

type Part = LanguageModelV4StreamPart

/** The parts of the kept answer; null when the task keeps none, or has none for this call. */
export function keptAnswer({ cache }: Host, call: StartedCall): AsyncGenerator<Part, void, void> | null {
  const { rule, options, scope, record } = call
  if (rule.cache === null || !cache.enabled) return null
  const { minSimilarity } = rule.cache
  const hit = cache.find(options, { ...scope, minSimilarity })
  record.step('cache', hit?.similarity ?? null, minSimilarity, hit === null ? 'no answer was kept' : hit.kind)
  return hit === null ? null : giveAgain(call, hit)
}

async function* giveAgain(call: StartedCall, hit: Hit): AsyncGenerator<Part, void, void> {
  const { record, signal } = call
  const { kind, of, ageSeconds, similarity, parts } = hit
  const finish = parts.findLast((part) => part.type === 'finish')
  record.cache = { kind, of, ageSeconds, similarity }
  record.say(
    kind === 'exact'
      ? 'the same call was answered before'
      : `a call that means the same was answered before (similarity ${similarity.toFixed(3)})`,
  )
  try {
    signal.throwIfAborted()
    record.releaseKept(finish?.usage ?? null)
    yield { type: 'stream-start', warnings: [] }
    yield { type: 'response-metadata', id: record.id, modelId: 'cache', timestamp: new Date() }
    for (const part of parts) if (part.type !== 'finish') yield marked(part, 'device', record)
    const json = await seal(call, null)
    if (finish === undefined) return
    const data = finish.providerMetadata?.edgewise?.data
    yield {
      ...finish,
      providerMetadata: { edgewise: { ...json, ...(data === undefined ? {} : { data }) } },
    }
  } finally {
    if (!record.settled) await seal(call, 'aborted')
  }
}
