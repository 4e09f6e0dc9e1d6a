/**
 * Keeps what a call said, for a task whose users agreed: redacted, with an end. What cannot be redacted is not stored. Runs after
 * the answer and never fails it.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'
import { Vault } from '@edgewise/redact'
import type { Host } from '../host.ts'
import { redactCall } from '../prepare/redact/index.ts'
import { textOf } from './pursuit.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export async function storeContents(
  { options: { ledger, names }, now }: Host,
  days: number,
  { prompt }: LanguageModelV4CallOptions,
  receipt: Receipt,
  answer: readonly LanguageModelV4StreamPart[],
): Promise<void> {
  if (ledger === undefined || names === undefined) return
  const until = new Date(now() + days * DAY_MS).toISOString()
  const whole: LanguageModelV4CallOptions = {
    prompt: [...prompt, { role: 'assistant', content: [{ type: 'text', text: textOf(answer) }] }],
  }
  try {
    const signal = new AbortController().signal
    const { call } = await redactCall(whole, { vault: new Vault(), names, privacy: 'redacted', signal })
    const said = call.prompt.at(-1)!
    const [first] = said.content
    const text = typeof first === 'object' && first.type === 'text' ? first.text : ''
    const asked = JSON.stringify(call.prompt.slice(0, -1))
    await ledger.keepContent(receipt.id, { prompt: asked, answer: text }, until)
  } catch {
    // Not stored: it could not be redacted, or the ledger could not take it.
  }
}
