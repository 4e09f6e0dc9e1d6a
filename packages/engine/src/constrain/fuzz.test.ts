import { expect, test } from 'vitest'
import { randomVocabulary } from '../testing/random-model.ts'
import { Tokenizer } from '../tokenizer/tokenizer.ts'
import { fuzzRound } from './testing/fuzz.ts'
import { awkwardVocabulary } from './testing/vocabularies.ts'

test('300 random schemas: what is drawn is valid, what is valid is accepted', {
  timeout: 60_000,
}, async () => {
  const tokenizers = [
    await Tokenizer.open(randomVocabulary()),
    awkwardVocabulary(1),
    awkwardVocabulary(2, 300),
  ]
  for (let seed = 0; seed < 300; seed++) fuzzRound(seed, tokenizers, { drawn: 2, read: 3 })
  expect.assertions(0)
})
