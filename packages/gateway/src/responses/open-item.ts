/** One item of a response while it is made: its text so far, and the events that open it, add to it and close it. */
import type { TokenLogprob } from '../call/logprobs.ts'
import { type ItemStatus, type OutputItem, type OutputKind, outputText } from './resource.ts'

interface ItemEvent {
  readonly type: string
  readonly [field: string]: unknown
}

export class OpenItem {
  readonly #kind: OutputKind
  readonly #id: string
  readonly #index: number
  readonly #call: { readonly callId: string; readonly name: string } | undefined
  readonly #tokens: TokenLogprob[] = []
  #text = ''
  /** Set when it is closed. */
  #status: ItemStatus | undefined

  constructor(kind: OutputKind, id: string, index: number, call?: { callId: string; name: string }) {
    this.#kind = kind
    this.#id = id
    this.#index = index
    this.#call = call
  }

  get text(): string {
    return this.#text
  }

  opening(): ItemEvent[] {
    const added = this.#event('response.output_item.added', { item: this.#item('in_progress', true) })
    if (this.#kind === 'message')
      return [added, this.#partEvent('response.content_part.added', outputText(''))]
    if (this.#kind === 'reasoning')
      return [added, this.#partEvent('response.reasoning_summary_part.added', summaryText(''))]
    return [added]
  }

  add(delta: string, token: TokenLogprob | undefined): ItemEvent {
    this.#text += delta
    if (token !== undefined) this.#tokens.push(token)
    const at = this.#at()
    if (this.#kind === 'message') {
      const logprobs = token === undefined ? [] : [token]
      return { type: 'response.output_text.delta', ...at, delta, logprobs }
    }
    const type =
      this.#kind === 'reasoning'
        ? 'response.reasoning_summary_text.delta'
        : 'response.function_call_arguments.delta'
    return { type, ...at, delta }
  }

  /** Events of its end; none when it is closed already. */
  closing(status: 'completed' | 'incomplete'): ItemEvent[] {
    this.#status = status
    const done = this.#event('response.output_item.done', { item: this.#item(status, false) })
    const at = this.#at()
    const text = this.#text
    switch (this.#kind) {
      case 'message': {
        const part = outputText(text, this.#tokens)
        return [
          { type: 'response.output_text.done', ...at, text, logprobs: this.#tokens },
          this.#partEvent('response.content_part.done', part),
          done,
        ]
      }
      case 'reasoning':
        return [
          { type: 'response.reasoning_summary_text.done', ...at, text },
          this.#partEvent('response.reasoning_summary_part.done', summaryText(text)),
          done,
        ]
      case 'function_call':
        return [
          { type: 'response.function_call_arguments.done', ...at, name: this.#call!.name, arguments: text },
          done,
        ]
    }
  }

  /** The item as it stands. @param open its status when it is not closed */
  snapshot(open: ItemStatus): OutputItem {
    return this.#item(this.#status ?? open, false)
  }

  #item(status: ItemStatus, empty: boolean): OutputItem {
    const id = this.#id
    switch (this.#kind) {
      case 'message': {
        const content = empty ? [] : [outputText(this.#text, this.#tokens)]
        return { type: 'message', id, status, role: 'assistant', content }
      }
      case 'reasoning':
        return { type: 'reasoning', id, status, summary: empty ? [] : [summaryText(this.#text)] }
      case 'function_call': {
        const { callId, name } = this.#call!
        return { type: 'function_call', id, call_id: callId, name, arguments: this.#text, status }
      }
    }
  }

  #at(): { item_id: string; output_index: number; content_index?: 0; summary_index?: 0 } {
    const at = { item_id: this.#id, output_index: this.#index }
    if (this.#kind === 'message') return { ...at, content_index: 0 }
    return this.#kind === 'reasoning' ? { ...at, summary_index: 0 } : at
  }

  #event(type: string, fields: object): ItemEvent {
    return { type, output_index: this.#index, ...fields }
  }

  #partEvent(type: string, part: object): ItemEvent {
    return { type, ...this.#at(), part }
  }
}

function summaryText(text: string): { type: 'summary_text'; text: string } {
  return { type: 'summary_text', text }
}
