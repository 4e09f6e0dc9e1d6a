/** The size of a call where its request is not seen: what a budget expects of it, and what a model in code is about to send. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'

const utf8 = new TextEncoder()

/**
 * Bytes of what a call holds as JSON, with binary data in base64: near what a provider will send. 0 of what JSON cannot hold (a
 * cycle): no provider could send it either.
 */
export function callBytes({ prompt, tools, responseFormat }: LanguageModelV4CallOptions): number {
  let binary = 0
  // Node's Buffer has turned itself into a list of numbers before the replacer is given it: what it was is still in its holder.
  function plain(this: { readonly [key: string]: unknown }, key: string, value: unknown): unknown {
    const held = this[key]
    if (typeof held === 'bigint') return String(held)
    if (!(held instanceof Uint8Array)) return value
    binary += Math.ceil(held.length / 3) * 4
    return ''
  }
  try {
    return utf8.encode(JSON.stringify({ prompt, tools, responseFormat }, plain)).length + binary
  } catch {
    return 0
  }
}
