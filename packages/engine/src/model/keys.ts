/**
 * The metadata keys of one architecture ("llama.block_count"), read by what stands behind the prefix and checked by kind.
 * Every refusal names the whole key and the value.
 */
import { type BadGgufError, UnsupportedError } from '../errors.ts'
import {
  badMetadata,
  findBoolean,
  findNumber,
  findString,
  type Metadata,
  requireNumber,
} from '../gguf/metadata.ts'

export interface Keys {
  readonly prefix: string
  /** The refusal of what a key says: "llama.block_count " and `problem`, with its place in the file. */
  bad(key: string, problem: string): BadGgufError
  has(key: string): boolean
  string(key: string): string | undefined
  flag(key: string): boolean | undefined
  /** An array of flags; undefined where the key is missing or is a number. */
  flags(key: string): readonly boolean[] | undefined
  /** A whole number from 0. */
  whole(key: string): number
  /** A whole number from 1; a list with one value for each layer is taken when they are all the same. */
  count(key: string, otherwise?: number): number
  positive(key: string, otherwise?: number): number
  /** A positive number, or 0 where the key is missing or 0. */
  cap(key: string): number
  /** Refuses any value but the one the forward pass is written for. */
  only(key: string, value: number): void
}

/** Every getter throws BadGgufError for a wrong type or range, UnsupportedError for what cannot be run. */
export function keysOf(metadata: Metadata, prefix: string): Keys {
  const full = (key: string): string => `${prefix}.${key}`
  const has = (key: string): boolean => metadata.has(full(key))
  const bad = (key: string, problem: string): BadGgufError =>
    badMetadata(metadata, full(key), `${full(key)} ${problem}`)
  const number = (key: string, otherwise?: number): number => {
    if (!has(key) && otherwise !== undefined) return otherwise
    const found = metadata.get(full(key))
    if (found?.type !== 'array') return requireNumber(metadata, full(key))
    const [first, ...rest] = Array.from(found.value as ArrayLike<unknown>)
    if (typeof first === 'number' && rest.every((value) => value === first)) return first
    throw new UnsupportedError(
      `${full(key)} differs from layer to layer: only one value for all is supported`,
    )
  }
  const integer = (key: string, least: number, otherwise?: number): number => {
    const value = number(key, otherwise)
    // 2^31 bounds every product of two of these below 2^62 and keeps one alone within an index.
    if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value
    throw bad(key, `is ${value}, not a whole number from ${least}`)
  }
  const positive = (key: string, otherwise?: number): number => {
    const value = number(key, otherwise)
    if (value > 0 && value < Number.POSITIVE_INFINITY) return value
    throw bad(key, `is ${value}, not a positive number`)
  }
  return {
    prefix,
    bad,
    has,
    string: (key) => findString(metadata, full(key)),
    flag: (key) => findBoolean(metadata, full(key)),
    flags: (key) => {
      const found = metadata.get(full(key))
      if (found?.type !== 'array') return undefined
      if (found.of === 'bool') return found.value
      throw bad(key, `is an array of ${found.of}, not of flags`)
    },
    whole: (key) => integer(key, 0),
    count: (key, otherwise) => integer(key, 1, otherwise),
    positive,
    cap: (key) => (!has(key) || number(key) === 0 ? 0 : positive(key)),
    only: (key, value) => {
      const found = findNumber(metadata, full(key)) ?? value
      if (found !== value)
        throw new UnsupportedError(`${full(key)} is ${found}: only ${value} is supported here`)
    },
  }
}
