/**
 * Leads one generation by a constraint: which tokens may be drawn, which are certain without asking the model, and when
 * the budget asks for the shortest ending. Whatever is drawn, the text is complete when the tokens are used up.
 */
import type { Constraint, ConstraintState } from '../constrain/constraint.ts'
import { clearBit, setBit } from '../constrain/mask/mask.ts'
import { BadOptionError, ContextLengthError } from '../errors.ts'
import type { Model } from '../model/model.ts'

export interface Budget {
  /** Tokens to give at most. */
  readonly tokens: number
  /** What the caller asked for, if anything. */
  readonly maxTokens: number | undefined
  readonly promptTokens: number
}

export class Guide {
  readonly #ends: ReadonlySet<number>
  readonly #ownEnds: readonly number[]
  #state: ConstraintState
  /** Tokens that are settled. */
  #certain: number[] = []
  #left: number
  #isCut = false
  #isOver = false

  /** `ends` are the tokens that end the answer. Throws BadOptionError, ContextLengthError. */
  constructor(constraint: Constraint, model: Model, ends: ReadonlySet<number>, budget: Budget) {
    if (constraint.tokenizer !== model.tokenizer) {
      throw new BadOptionError(
        'the constraint was compiled for another tokenizer: compile it for model.tokenizer',
      )
    }
    for (const id of ends) {
      if (model.tokenizer.ends.includes(id) || model.tokenizer.bytesOf(id).length === 0) continue
      throw new BadOptionError(
        `the stop token ${id} is text: with a constraint it could end the answer before it is complete, leave it out`,
      )
    }
    const { minTokens } = constraint
    if (minTokens > budget.tokens) {
      if (budget.maxTokens === undefined || budget.maxTokens > budget.tokens) {
        throw new ContextLengthError(budget.promptTokens + minTokens, model.contextLength)
      }
      throw new BadOptionError(
        `maxTokens is ${budget.maxTokens}: the shortest answer the constraint allows takes ${minTokens}`,
      )
    }
    this.#ends = ends
    this.#ownEnds = model.tokenizer.ends
    this.#state = constraint.start()
    this.#left = budget.tokens
  }

  /** Whether nothing can follow. */
  get isFinished(): boolean {
    return this.#isOver || this.#state.isFinished
  }

  /** Whether the budget, not the model, ended the text. */
  get isCut(): boolean {
    return this.#isCut
  }

  /** The next token, where it is certain: it is taken. */
  takeCertain(): number | undefined {
    if (this.#certain.length === 0) this.#certain = [...this.#state.forced()]
    const id = this.#certain.shift()
    if (id === undefined) return undefined
    if (!this.#isCut && !this.#fits(id)) return this.#cut()
    this.#advance(id)
    return id
  }

  /** The tokens that may be drawn, as bits; do not change it. */
  mask(): Uint32Array {
    const mask = this.#state.mask()
    if (this.#ownEnds.length === this.#ends.size && this.#ownEnds.every((id) => this.#ends.has(id)))
      return mask
    const own = mask.slice()
    for (const id of this.#ownEnds) clearBit(own, id)
    if (this.#state.isComplete) for (const id of this.#ends) setBit(own, id)
    return own
  }

  /**
   * Takes a token that was drawn. Gives it back, or where it would leave too few tokens to end the text, the first token
   * of the shortest ending in its place; undefined when the text is complete as it is.
   */
  take(id: number): number | undefined {
    if (this.#ends.has(id)) {
      this.#isOver = true
      return id
    }
    if (!this.#fits(id)) return this.#cut()
    this.#advance(id)
    return id
  }

  #fits(id: number): boolean {
    return this.#state.accept(id).canCompleteIn(this.#left - 1)
  }

  #advance(id: number): void {
    this.#state = this.#state.accept(id)
    this.#left--
  }

  #cut(): number | undefined {
    this.#isCut = true
    this.#certain = [...this.#state.shortestCompletion()]
    const id = this.#certain.shift()
    if (id === undefined) this.#isOver = true
    else this.#advance(id)
    return id
  }
}
