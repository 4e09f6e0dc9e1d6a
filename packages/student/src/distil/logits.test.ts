/** A teacher of the same vocabulary says what it expects at each token of an answer: what its own forward pass says. */
import { readFile } from 'node:fs/promises'
import { chatTemplate, openModel, readGguf, Tokenizer } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { exampleOf } from '../testing/answers.ts'
import { studentBase } from './base.ts'
import { logitTeacher } from './logits.ts'
import { sequenceMaker } from './protocol.ts'

const mini = new Uint8Array(
  await readFile(new URL('../../../../models/mini/edgewise-mini.gguf', import.meta.url)),
)

test('probabilities of the tokens behind the teacher’s own prompt', async () => {
  using teacher = await openModel(mini)
  const base = await studentBase(mini, { name: 'writer', labels: null })
  const { metadata } = readGguf(base)
  const tokenizer = await Tokenizer.open(metadata)
  const maker = await sequenceMaker({ metadata, tokenizer }, 128)
  const sequence = maker.sequence(exampleOf({ text: 'say hello', target: ' hello there' }))!
  const { teacher: places } = (await logitTeacher(teacher, { tokenizer })).soften('say hello', sequence)
  const answer = sequence.ids.slice(sequence.weights.findIndex((weight) => weight > 0))
  expect(places!.map(({ at }) => sequence.ids[at])).toEqual(answer)

  const prompt = (await chatTemplate(teacher)).prompt([{ role: 'user', content: 'say hello' }]).tokens
  for (const [i, { ids, probabilities }] of places!.entries()) {
    using session = teacher.session()
    const logits = session.forward([...prompt, ...answer.slice(0, i)])
    const all = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!)
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0)
    expect(ids[0]).toBe(all[0])
    expect(probabilities[0]).toBeCloseTo(Math.exp(logits[all[0]!]!) / sum, 4)
    expect(probabilities.reduce((total, one) => total + one, 0)).toBeLessThanOrEqual(1 + 1e-6)
  }
})

test('another vocabulary is refused, labels of the student’s own are not', async () => {
  using teacher = await openModel(mini)
  const labelled = await studentBase(mini, { name: 'labels', labels: ['card_arrival', 'exchange_rate'] })
  const { metadata } = readGguf(labelled)
  const tokenizer = await Tokenizer.open(metadata)
  const maker = await sequenceMaker({ metadata, tokenizer }, 64)
  const sequence = maker.sequence(exampleOf())!
  // The teacher has no such token, so it says nothing of it.
  expect((await logitTeacher(teacher, { tokenizer })).soften('x', sequence)).toBe(sequence)
  using larger = await openModel(labelled)
  const own = await Tokenizer.open(readGguf(mini).metadata)
  await expect(logitTeacher(larger, { tokenizer: own })).rejects.toMatchObject({ code: 'model_untrainable' })
})
