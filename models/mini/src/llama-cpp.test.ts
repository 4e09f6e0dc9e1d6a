/** The golden text: what llama.cpp tokenises and decodes on the shipped file (golden.json, made by bench/judge/golden-mini.ts). */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { generate, openModel } from '@edgewise/engine'
import { describe, expect, test } from 'vitest'

interface Golden {
  readonly judge: string
  readonly sha256: string
  readonly cases: readonly { task: string; text: string; prompt: number[]; greedy: number[] }[]
  readonly tokenized: readonly { text: string; ids: number[] }[]
}

const file = readFileSync(new URL('../edgewise-mini.gguf', import.meta.url))
const golden: Golden = JSON.parse(readFileSync(new URL('../golden.json', import.meta.url), 'utf8'))
/** llama.cpp decoded this many tokens, fewer only where an end token came. */
const count = 48

test('the golden text belongs to the file that ships (if not: cd bench && npm run golden)', () => {
  expect(createHash('sha256').update(file).digest('hex')).toBe(golden.sha256)
})

test.each(golden.tokenized)('tokens of $text', async ({ text, ids }) => {
  using model = await openModel(file)
  expect(model.tokenizer.encode(text)).toEqual(ids)
})

describe.each(['wasm', 'reference'] as const)('%s', (backend) => {
  test.each(golden.cases)('$task: $text', async ({ task, text, prompt, greedy }) => {
    using model = await openModel(file, { backend })
    const chat = `<|im_start|>user\n<|${task}|> ${text}<|im_end|>\n<|im_start|>assistant\n`
    expect(model.tokenizer.encode(chat, { special: true })).toEqual(prompt)
    const ids: number[] = []
    for await (const { id } of generate(model, prompt, { maxTokens: count, temperature: 0 })) {
      if (!model.tokenizer.ends.includes(id)) ids.push(id)
    }
    expect(ids).toEqual(greedy)
  })
})
