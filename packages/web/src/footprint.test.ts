/** The engine stays small: what a page fetches to run a model, in bytes of JavaScript under gzip. There is no WebAssembly file. */
import { expect, test } from 'vitest'
import { engineFiles } from './testing/engine-footprint.ts'

test.each([
  ['byte-pair', false, 60_200],
  ['sentencepiece', false, 56_150],
  ['byte-pair', true, 85_550],
] as const)('%s, with chats: %s, at most %i bytes', async (tokenizer, chat, most) => {
  const files = await engineFiles(tokenizer, chat)
  expect(files.reduce((sum, { gzip }) => sum + gzip, 0)).toBeLessThanOrEqual(most)
  // What is measured is the engine: its kernels and its tokenizer are there.
  const code = files.map((file) => file.code).join('\n')
  expect(code).toContain('i32x4.relaxed_dot_i8x16_i7x16_add_s')
  expect(code).toContain(tokenizer === 'byte-pair' ? 'tokenizer.ggml.merges' : 'tokenizer.ggml.scores')
})
