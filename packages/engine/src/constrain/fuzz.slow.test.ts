import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readGguf } from '../gguf/read.ts'
import { randomVocabulary } from '../testing/random-model.ts'
import { Tokenizer } from '../tokenizer/tokenizer.ts'
import { fuzzRound } from './testing/fuzz.ts'
import { awkwardVocabulary } from './testing/vocabularies.ts'

const gpt2 = new URL('../../../../../shared/vocab/ggml-vocab-gpt-2.gguf', import.meta.url)

test('10,000 random schemas', async () => {
  const tokenizers = [
    await Tokenizer.open(randomVocabulary()),
    awkwardVocabulary(1),
    awkwardVocabulary(2, 300),
  ]
  for (let seed = 1000; seed < 11_000; seed++) fuzzRound(seed, tokenizers, { drawn: 1, read: 2 })
  expect.assertions(0)
})

test.skipIf(!existsSync(gpt2))(
  '1,000 random schemas over the vocabulary of GPT-2 (needs ../shared)',
  async () => {
    const tokenizer = await Tokenizer.open(readGguf(readFileSync(gpt2)).metadata)
    for (let seed = 20_000; seed < 21_000; seed++) fuzzRound(seed, [tokenizer], { drawn: 1, read: 1 })
    expect.assertions(0)
  },
)
