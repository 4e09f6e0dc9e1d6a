/** The text and reasoning blocks of a stream that were begun and not ended, and the parts that end them. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

type Part = LanguageModelV4StreamPart

export class OpenBlocks {
  readonly #ends = new Map<string, Part>()

  constructor(parts: readonly Part[]) {
    for (const part of parts) this.note(part)
  }

  note(part: Part): void {
    switch (part.type) {
      case 'text-start':
        this.#ends.set(`text ${part.id}`, { type: 'text-end', id: part.id })
        break
      case 'reasoning-start':
        this.#ends.set(`reasoning ${part.id}`, { type: 'reasoning-end', id: part.id })
        break
      case 'text-end':
        this.#ends.delete(`text ${part.id}`)
        break
      case 'reasoning-end':
        this.#ends.delete(`reasoning ${part.id}`)
        break
    }
  }

  ends(): Iterable<Part> {
    return this.#ends.values()
  }
}
