/** Short answers of the device to one call, drawn with a temperature: what the agreement signal compares. */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { callText } from '../signals/agreement.ts'

/** Enough for a label, a number, a name, a line of JSON; an answer that is longer agrees by its beginning alone and rarely does. */
const MOST_TOKENS = 128
const TEMPERATURE = 0.8

/** Samples that fail are left out. The signal ends with the attempt they are drawn for; then it rejects with its reason. */
export async function sampleDevice(
  device: LanguageModelV4,
  call: LanguageModelV4CallOptions,
  count: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const asked = Array.from({ length: count }, (_, index) =>
    device.doGenerate({
      ...call,
      temperature: TEMPERATURE,
      seed: (call.seed ?? 0) + index + 1,
      maxOutputTokens: Math.min(call.maxOutputTokens ?? MOST_TOKENS, MOST_TOKENS),
      abortSignal: signal,
    }),
  )
  const samples = await Promise.allSettled(asked)
  signal.throwIfAborted()
  return samples.flatMap((sample) => {
    if (sample.status === 'rejected') return []
    const { content } = sample.value
    const calls = content.filter((part) => part.type === 'tool-call')
    if (calls.length > 0) return [calls.map(callText).join('\n')]
    return [content.map((part) => (part.type === 'text' ? part.text : '')).join('')]
  })
}
