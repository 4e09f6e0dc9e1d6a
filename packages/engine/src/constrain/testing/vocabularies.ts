/** Vocabularies for tests: anything with bytes, ends and a size is a tokenizer to a constraint. */
import { seededRandom } from '../../generate/random.ts'
import type { TokenBytes } from '../mask/vocabulary.ts'

/** A vocabulary of these tokens, behind two control tokens of which the second ends an answer. */
export function vocabularyOfBytes(tokens: readonly (Uint8Array | string)[]): TokenBytes {
  const utf8 = new TextEncoder()
  const list = [
    new Uint8Array(0),
    new Uint8Array(0),
    ...tokens.map((token) => (typeof token === 'string' ? utf8.encode(token) : token)),
  ]
  return { size: list.length, ends: [1], bytesOf: (id) => list[id]! }
}

export const singleBytes: readonly Uint8Array[] = Array.from({ length: 256 }, (_, byte) =>
  Uint8Array.of(byte),
)

/** All bytes, and pieces of JSON cut where no tokenizer would: in characters, in escapes, across values and names. */
export function awkwardVocabulary(seed: number, size = 1500): TokenBytes {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const words = [
    '"a":1,"a":2',
    '"b":',
    '{"',
    '"}',
    '},{',
    '":"',
    '","',
    '": "',
    ',\n  "',
    'true',
    'null,',
    'false}',
  ]
  const parts = [
    '[',
    ']]',
    '\\u00',
    '\\ud83d',
    '\\ude00',
    '\\n',
    '\\"',
    '"\\',
    '\\\\',
    '1',
    '0.',
    '-12',
    'e+3',
    '1.5e',
  ]
  const texts = [
    'é',
    '日本',
    '😀',
    'é"',
    'ab',
    ' ',
    '    ',
    '\n\t',
    'x-y',
    '2024-',
    '-02-29',
    '00',
    'a"',
    'aa',
    'ΑΒ',
    'foo',
  ]
  const all = [...words, ...parts, ...texts]
  const utf8 = new TextEncoder()
  const tokens = Array.from({ length: size }, () => {
    const bytes = utf8.encode(Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(all)).join(''))
    const from = Math.floor(random() * bytes.length)
    return bytes.slice(from, from + 1 + Math.floor(random() * 12))
  })
  return vocabularyOfBytes([...singleBytes, ...tokens])
}
