/** Long texts of what makes tokenizers slow, through each kind of tokenizer: seconds for all. */
import { expect, test } from 'vitest'
import { goldenVocabularies } from './testing/tiny-vocabularies.ts'
import { Tokenizer } from './tokenizer.ts'

/** Quadratic time would be 10^10 steps for each. */
const length = 120_000
const texts = {
  'one letter': 'h'.repeat(length),
  'a word without spaces': 'hello'.repeat(length / 5),
  spaces: ' '.repeat(length),
  newlines: '\n'.repeat(length),
  'spaces and newlines': '  \n'.repeat(length / 3),
  'spaces, then a letter': `${' '.repeat(length)}a`,
  digits: '0123456789'.repeat(length / 10),
  apostrophes: "'".repeat(length),
  'beginnings of special tokens': '<ta'.repeat(length / 3),
  'overlapping special tokens': '<tag>>>'.repeat(length / 7),
  emoji: '😀'.repeat(length / 4),
  marks: '\u0301'.repeat(length / 2),
}

test.each(['llama-bpe', 'default', 'SentencePiece, no space in front', 'unigram'])('%s', async (name) => {
  const tokenizer = await Tokenizer.open(goldenVocabularies().get(name)!)
  const started = performance.now()
  for (const [what, text] of Object.entries(texts)) {
    const ids = tokenizer.encode(text, { special: true })
    // Unigram normalises, and its vocabulary here knows few characters.
    if (name !== 'unigram') expect(tokenizer.decode(ids) === text, what).toBe(true)
  }
  expect(performance.now() - started).toBeLessThan(15_000)
})
