/**
 * What one rendering may use. A template comes from a file that may be hostile, and a loop over a loop or a list of
 * itself costs more than it looks: every step is counted, and every value has a largest size. The limits are far above
 * what real templates need (a few hundred steps a message) and keep the worst one within seconds and a few 100 MB.
 */
import { BadTemplateError } from '../../errors.ts'
import type { Value } from './jinja.ts'

/** Steps of a rendering, beside those the input's own length asks for. */
const STEPS = 1_000_000
/** Characters of a value and of the result, beside those of the input: 64 k tokens are about 300,000. */
const SIZE = 4_000_000
/** The input's text is read many times over: how many steps and how much size each of its characters brings along. */
const STEPS_PER_CHARACTER = 1
const SIZE_PER_CHARACTER = 8
/** Characters a step stands for: a native string operation is that much faster than a node of the template. */
const CHARACTERS_PER_STEP = 64
/** Elements of one list: each costs its own scope when it is looped over. */
const ELEMENTS = 100_000
/** Lists within lists. Rendering one as JSON recurses, and its indentation grows with it. */
const DEPTH = 200

/** Size of a value written as JSON, about: characters, and one for everything that is not text; and how deep it nests. */
interface Weight {
  readonly size: number
  readonly depth: number
}

const SCALAR: Weight = { size: 1, depth: 0 }

export class Meter {
  #steps: number
  readonly #size: number
  /** Lists and objects do not change once made (namespaces do, and are kept out of them), so one look is enough. */
  readonly #weights = new WeakMap<Value, Weight>()

  /** `input`: characters of everything the template is given. */
  constructor(input: number) {
    this.#steps = STEPS + STEPS_PER_CHARACTER * input
    this.#size = SIZE + SIZE_PER_CHARACTER * input
  }

  /** Takes `steps` off what is left. Throws BadTemplateError when nothing is. */
  spend(steps: number): void {
    this.#steps -= steps
    if (!(this.#steps >= 0)) throw tooMuch('runs on and on')
  }

  /** Pays for a native operation over `characters` of text. */
  read(characters: number): void {
    this.spend(characters / CHARACTERS_PER_STEP)
  }

  /** Pays for text that is about to be made, and refuses it when it would be too long. */
  make(characters: number): void {
    if (!(characters <= this.#size)) throw tooMuch(`makes a text of more than ${this.#size} characters`)
    this.read(characters)
  }

  /** Refuses a value that is too large. Values it holds were weighed before, or came with the input. */
  weigh(value: Value): Weight {
    if (value.type === 'StringValue') {
      const size = (value.value as string).length
      if (size > this.#size) throw tooMuch(`makes a text of more than ${this.#size} characters`)
      return { size, depth: 0 }
    }
    const children = childrenOf(value)
    if (children === undefined) return SCALAR
    const known = this.#weights.get(value)
    if (known !== undefined) return known
    let size = 1
    let depth = 0
    let count = 0
    for (const [key, child] of children) {
      if (child.type === 'NamespaceValue') throw tooMuch('puts a namespace into a list or an object')
      if (++count > ELEMENTS) throw tooMuch(`makes a list of more than ${ELEMENTS} elements`)
      const weight = this.weigh(child)
      size += key.length + weight.size
      depth = Math.max(depth, weight.depth)
    }
    const weight = { size, depth: depth + 1 }
    if (size > this.#size) throw tooMuch(`makes a value of more than ${this.#size} characters`)
    if (weight.depth > DEPTH) throw tooMuch(`nests lists more than ${DEPTH} deep`)
    this.#weights.set(value, weight)
    return weight
  }
}

/** Elements of a list or entries of an object; of a text, its characters; 0 for the rest. */
export function lengthOf({ value }: Value): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return value instanceof Map ? value.size : 0
}

function* entries(list: readonly Value[]): Generator<[string, Value]> {
  for (const value of list) yield ['', value]
}

function childrenOf(value: Value): Iterable<[string, Value]> | undefined {
  if (Array.isArray(value.value)) return entries(value.value)
  return value.value instanceof Map && value.type !== 'NamespaceValue' ? value.value : undefined
}

export function tooMuch(what: string): BadTemplateError {
  return new BadTemplateError(
    `the chat template ${what}: give another one in its place (option \`template\`)`,
  )
}
