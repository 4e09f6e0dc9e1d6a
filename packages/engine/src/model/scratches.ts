/**
 * The scratch buffers of a model: one, and another for as long as a pass that gives way to others stands in the middle of a
 * layer with the first.
 */
import type { Backend, Floats } from '../backend/backend.ts'
import type { Config } from './config.ts'
import { createScratch, freeScratch, LOGIT_ROWS, type Scratch } from './forward.ts'
import type { BesideShape } from './low-rank.ts'

export class Scratches {
  /** [LOGIT_ROWS, vocab] one for all: it is read at once. */
  readonly logits: Floats
  readonly #backend: Backend
  readonly #config: Config
  readonly #beside: BesideShape | undefined
  readonly #all: Scratch[] = []
  readonly #spare: Scratch[] = []

  /** Throws OutOfMemoryError, and then holds nothing. */
  constructor(backend: Backend, config: Config, vocab: number, beside?: BesideShape) {
    this.#backend = backend
    this.#config = config
    this.#beside = beside
    this.logits = backend.floats(LOGIT_ROWS * vocab)
    try {
      this.giveBack(this.borrow())
    } catch (error) {
      this.logits.free()
      throw error
    }
  }

  /** Throws OutOfMemoryError. */
  borrow(): Scratch {
    const spare = this.#spare.pop()
    if (spare) return spare
    const scratch = createScratch(this.#backend, this.#config, this.#beside)
    this.#all.push(scratch)
    return scratch
  }

  giveBack(scratch: Scratch): void {
    this.#spare.push(scratch)
  }

  /** Gives the memory back, of what is borrowed too. */
  free(): void {
    this.logits.free()
    for (const scratch of this.#all) freeScratch(scratch)
  }
}
