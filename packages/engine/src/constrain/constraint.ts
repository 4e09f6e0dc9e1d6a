/**
 * A constraint on what is generated, and its states. States are immutable: keep one to come back to it. What the text may
 * be is in schema/, regex/ and choices.ts; how it is read is in automaton/; which tokens that allows is in mask/.
 */
import { BadOptionError, ConstraintTooLargeError } from '../errors.ts'
import { ending, endingCost, forcedBytes } from './automaton/ending.ts'
import { areSame, canEnd, type Frame, MAX_WAYS, read } from './automaton/frame.ts'
import { compileProgram, type Program } from './automaton/program.ts'
import type { Rule } from './grammar/grammar.ts'
import { setBit } from './mask/mask.ts'
import { Masks } from './mask/masks.ts'
import { fewestTokens, longestTokens } from './mask/segment.ts'
import { type TokenBytes, type Vocabulary, vocabularyOf } from './mask/vocabulary.ts'

/** A text that must be longer is refused: no context of a small model holds it. */
const MAX_SHORTEST = 1_000_000
const utf8 = new TextEncoder()

export class Constraint {
  /** The tokenizer whose ids it speaks. */
  readonly tokenizer: TokenBytes
  /** Tokens that suffice for a text that satisfies it. */
  readonly minTokens: number
  readonly #start: ConstraintState

  /** Made by `compileConstraint`. Throws BadConstraintError, UnsupportedConstraintError, ConstraintTooLargeError. */
  constructor(root: Rule, tokenizer: TokenBytes) {
    const vocabulary = vocabularyOf(tokenizer)
    const program = compileProgram(root, vocabulary)
    const cost = endingCost([program.start])
    if (cost > MAX_SHORTEST) {
      throw new ConstraintTooLargeError(
        `the shortest text takes ${cost} bytes, the most is ${MAX_SHORTEST}: lower its least lengths`,
      )
    }
    this.tokenizer = tokenizer
    this.#start = new ConstraintState({ vocabulary, program, masks: new Masks(vocabulary) }, [program.start])
    this.minTokens = this.#start.shortestCompletion().length
  }

  /** The state before the first token. */
  start(): ConstraintState {
    return this.#start
  }
}

interface Compiled {
  readonly vocabulary: Vocabulary
  readonly program: Program
  readonly masks: Masks
}

export class ConstraintState {
  readonly #compiled: Compiled
  /** None after a token that ends. */
  readonly #ways: readonly Frame[]
  #mask: Uint32Array | undefined

  /** Made by `Constraint.start` and `accept`. */
  constructor(compiled: Compiled, ways: readonly Frame[]) {
    this.#compiled = compiled
    this.#ways = ways
  }

  /** Whether the text satisfies the constraint as it is. */
  get isComplete(): boolean {
    return this.isFinished || canEnd(this.#ways)
  }

  /** Whether nothing can follow but the end. */
  get isFinished(): boolean {
    return this.#ways.every(({ node, parent }) => node.isLast && !parent)
  }

  /**
   * The tokens that may follow: bit id & 31 of word id >>> 5 is 1. Those that end an answer are among them when the text
   * is complete. Do not change it.
   */
  mask(): Uint32Array {
    if (this.#mask) return this.#mask
    const { masks, vocabulary } = this.#compiled
    const mask = masks.allowed(this.#ways)
    if (this.#ways.length > 0 && this.isComplete) for (const id of vocabulary.tokenizer.ends) setBit(mask, id)
    return (this.#mask = mask)
  }

  /** The state after a token. Throws BadOptionError for one that is not allowed. */
  accept(id: number): ConstraintState {
    const { tokenizer } = this.#compiled.vocabulary
    if (tokenizer.ends.includes(id)) {
      if (this.#ways.length > 0 && this.isComplete) return new ConstraintState(this.#compiled, [])
    } else {
      const bytes = tokenizer.bytesOf(id)
      const after = bytes.length > 0 ? this.#read(bytes) : undefined
      if (after) return after
    }
    throw new BadOptionError(`token ${id} cannot follow here: draw only tokens that mask() allows`)
  }

  /** The state after a piece of text, whatever its tokens; undefined when it cannot follow. */
  read(text: string): ConstraintState | undefined {
    return this.#read(utf8.encode(text))
  }

  /**
   * Tokens that spell what must come next, so that no model need be asked. Short of the last one when more follows: it
   * is left to the model, which may have one token for what is certain and what comes after it.
   */
  forced(): readonly number[] {
    const { bytes, after } = forcedBytes(this.#ways)
    const isOpen = !new ConstraintState(this.#compiled, after).isFinished
    return longestTokens(this.#compiled.vocabulary, bytes, isOpen)
  }

  /** Few tokens that make the text complete; none when it is. */
  shortestCompletion(): readonly number[] {
    if (this.isComplete) return []
    const { program, vocabulary } = this.#compiled
    return fewestTokens(vocabulary, ending(program, this.#ways))
  }

  /** Whether the shortest completion takes at most so many tokens. */
  canCompleteIn(tokens: number): boolean {
    if (this.isComplete) return true
    return endingCost(this.#ways) <= tokens || this.shortestCompletion().length <= tokens
  }

  #read(bytes: Uint8Array): ConstraintState | undefined {
    // Among the ways that were left out may be the one that can go on.
    const ways = this.#readIn(bytes, MAX_WAYS) ?? this.#readIn(bytes, 16 * MAX_WAYS)
    if (!ways || ways.length === 0) return undefined
    return areSame(ways, this.#ways) ? this : new ConstraintState(this.#compiled, ways)
  }

  /** The ways after some bytes, none when they cannot follow; undefined when that is not known with so few ways. */
  #readIn(bytes: Uint8Array, most: number): readonly Frame[] | undefined {
    let ways = this.#ways
    let isCut = false
    for (const byte of bytes) {
      ways = read(ways, byte, most)
      if (ways.length === 0) return isCut ? undefined : ways
      isCut ||= ways.length === most
    }
    return ways
  }
}
