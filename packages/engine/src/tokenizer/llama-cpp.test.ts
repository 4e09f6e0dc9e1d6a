/** The ids of llama.cpp: golden.json (made by bench/tokenizer/golden.ts), and the vectors that llama.cpp ships. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readGguf } from '../gguf/read.ts'
import { goldenVocabularies } from './testing/tiny-vocabularies.ts'
import { Tokenizer } from './tokenizer.ts'

interface Golden {
  readonly ends: readonly number[]
  readonly addsBos: boolean
  readonly addsEos: boolean
  readonly cases: readonly { readonly text: string; readonly ids: string; readonly parsed?: string }[]
}

const golden: { readonly vocabularies: Readonly<Record<string, Golden>> } = JSON.parse(
  readFileSync(new URL('./golden.json', import.meta.url), 'utf8'),
)

test.each([...goldenVocabularies()])('golden texts, %s', async (name, metadata) => {
  const { ends, addsBos, addsEos, cases } = golden.vocabularies[name]!
  const tokenizer = await Tokenizer.open(metadata)
  expect([...tokenizer.ends].sort((a, b) => a - b)).toEqual(ends)
  expect([tokenizer.addBos, tokenizer.addEos]).toEqual([addsBos, addsEos])
  for (const { text, ids, parsed = ids } of cases) {
    expect(tokenizer.encode(text).join(' '), JSON.stringify(text)).toBe(ids)
    expect(tokenizer.encode(text, { special: true }).join(' '), JSON.stringify(text)).toBe(parsed)
  }
})

const vocab = new URL('../../../../../shared/vocab/', import.meta.url)

for (const [kind, name] of [
  ['byte-level BPE', 'gpt-2'],
  ['SentencePiece', 'llama-spm'],
]) {
  const file = new URL(`ggml-vocab-${name}.gguf`, vocab)
  const present = existsSync(file)
  describe(`the vectors for ${kind} (${name})${present ? '' : ' (skipped: ../shared/vocab is absent)'}`, () => {
    test.skipIf(!present)('every case, and back', async () => {
      const tokenizer = await Tokenizer.open(readGguf(readFileSync(file)).metadata)
      const texts = readFileSync(new URL(`${file}.inp`), 'utf8').split('\n__ggml_vocab_test__\n')
      const expected = readFileSync(new URL(`${file}.out`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(expected.length).toBeGreaterThanOrEqual(46)
      expected.forEach((ids, i) => {
        expect(tokenizer.encode(texts[i]!).join(' '), JSON.stringify(texts[i])).toBe(ids.trim())
        expect(tokenizer.decode(tokenizer.encode(texts[i]!))).toBe(texts[i])
      })
    })
  })
}
