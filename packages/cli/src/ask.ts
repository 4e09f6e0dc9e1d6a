/** One call through the router, collected: the text, what the device said beside it, and the receipt. */
import type { JSONValue, LanguageModelV4 } from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'

export interface Answer {
  readonly text: string
  /** What a task returns beside its text (spans, label probabilities); null when there is none. */
  readonly data: JSONValue
  readonly receipt: Receipt
}

export async function ask(
  model: LanguageModelV4,
  task: string | undefined,
  text: string,
  signal?: AbortSignal,
): Promise<Answer> {
  const result = await model.doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
    ...(task === undefined ? {} : { providerOptions: { edgewise: { task } } }),
    ...(signal ? { abortSignal: signal } : {}),
  })
  const { data = null, ...receipt } = result.providerMetadata?.edgewise ?? {}
  return {
    text: result.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    data: data as JSONValue,
    receipt: receipt as unknown as Receipt,
  }
}
