/** The types a token can have, as GGUF numbers them (`llama_token_type`), and ids of tokens in the metadata. */
import { badMetadata, findNumber, findNumbers, type Metadata } from '../gguf/metadata.ts'

/** From 1 on. Control tokens steer the model and are not part of decoded text; user-defined ones are, and are found in any text. */
export const tokenTypes = ['normal', 'unknown', 'control', 'user', 'unused', 'byte'] as const
export type TokenType = (typeof tokenTypes)[number]

export const typeCode = { normal: 1, unknown: 2, control: 3, user: 4, unused: 5, byte: 6 } as const

/** Whether a token of this type is found as such in text, and is not made by joining. */
export function isSpecial(code: number): boolean {
  return code === typeCode.control || code === typeCode.user || code === typeCode.unknown
}

/** The types of `count` tokens by their numbers; all normal when the file gives none. Throws BadGgufError. */
export function readTypes(metadata: Metadata, count: number): Uint8Array {
  const numbers = findNumbers(metadata, 'tokenizer.ggml.token_type')
  const bad = (problem: string): Error => badMetadata(metadata, 'tokenizer.ggml.token_type', problem)
  if (!numbers) return new Uint8Array(count).fill(typeCode.normal)
  if (numbers.length < count) {
    throw bad(`tokenizer.ggml.token_type has ${numbers.length} entries for ${count} tokens`)
  }
  return Uint8Array.from({ length: count }, (_, id) => {
    const number = numbers[id]!
    // 0 is "undefined": it neither stands in text nor steers.
    if (number === 0) return typeCode.unused
    if (!tokenTypes[number - 1]) throw bad(`token ${id} has the unknown type ${number}`)
    return number
  })
}

/** A token id from the metadata, checked against the number of tokens. Throws BadGgufError. */
export function findTokenId(metadata: Metadata, key: string, count: number): number | undefined {
  const id = findNumber(metadata, key)
  if (id === undefined || (Number.isInteger(id) && id >= 0 && id < count)) return id
  throw badMetadata(metadata, key, `${key} is ${id}, but the vocabulary has ${count} tokens`)
}
