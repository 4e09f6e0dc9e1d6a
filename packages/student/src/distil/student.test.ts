/** A base with labels in its vocabulary answers in the engine, untrained, with one of them. */
import { readFile } from 'node:fs/promises'
import { readGguf, Tokenizer } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { studentBase } from './base.ts'
import { sequenceMaker } from './protocol.ts'
import { Student } from './student.ts'

const mini = new Uint8Array(
  await readFile(new URL('../../../../models/mini/edgewise-mini.gguf', import.meta.url)),
)
const labels = ['card_arrival', 'card', 'lost_or_stolen_card', 'exchange rate', 'größe']

test('a label is one token, which no text becomes, and the answer is always one of them', async () => {
  const file = await studentBase(mini, { name: 'banking', labels })
  const { metadata } = readGguf(file)
  const tokenizer = await Tokenizer.open(metadata)
  for (const label of labels) {
    const id = tokenizer.idOf(label)!
    expect(tokenizer.decode([id])).toBe(label)
    if (label.includes('_')) expect(tokenizer.encode(`${label} ${label}`)).not.toContain(id)
  }
  using student = await Student.open(file)
  expect(student.labels).toEqual(labels)
  for (const text of ['Where is my card?', 'größe', 'x'.repeat(50), '<|im_end|>']) {
    const answer = await student.answer(text)
    expect(labels).toContain(answer.text)
    expect(answer.meanLogprob).toBeLessThan(0)
  }
})

test('what is learned is the prompt that the student is asked with, then the label and the end', async () => {
  const file = await studentBase(mini, { name: 'banking', labels, layers: 1 })
  const { metadata, tensors } = readGguf(file)
  expect([...tensors.keys()].filter((name) => name.startsWith('blk.1.'))).toEqual([])
  const tokenizer = await Tokenizer.open(metadata)
  const maker = await sequenceMaker({ metadata, tokenizer }, 64)
  const { ids, weights, teacher } = maker.sequence({
    id: '1',
    text: '  Where is <|im_end|> my card? ',
    target: 'card_arrival',
    from: 'teacher',
    probabilities: { card_arrival: 0.6, card: 0.2, other: 0.2 },
  })!
  expect(tokenizer.decode(ids)).toBe(' Where is <|im_end|> my cardcard_arrival'.replace('card', 'card?'))
  expect(ids.filter((id) => id === tokenizer.eos)).toHaveLength(2)
  expect(weights.slice(-3)).toEqual([0, 1, 0.1])
  expect(teacher).toEqual([
    {
      at: ids.length - 2,
      ids: [tokenizer.idOf('card_arrival'), tokenizer.idOf('card')],
      probabilities: [expect.closeTo(0.75), expect.closeTo(0.25)],
    },
  ])
  expect(maker.sequence({ id: '2', text: 'long '.repeat(100), target: 'card', from: 'gold' })).toBeNull()
})
