import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { logProbability, type Model, openModel } from '@edgewise/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syntheticModel } from '../../../../engine/src/testing/synthetic-model.ts'
import { likelihoodScorer } from './passage-scorer.ts'
import { selectContext } from './select-context.ts'

let model: Model
beforeAll(async () => {
  const file = syntheticModel({ family: 'gemma-3-270m', layers: 1, narrow: true, vocabulary: 512 })
  model = await openModel(file, { backend: 'reference', contextLength: 64 })
})
afterAll(() => model[Symbol.dispose]())

test('the mean log-probability of the question behind each passage, as a forward pass has it', async () => {
  const [question, passages] = ['to be', ['abc', 'the road']]
  const scores = await likelihoodScorer(model).score(question, passages)
  const { tokenizer } = model
  for (const [k, passage] of passages.entries()) {
    const before = [
      tokenizer.bos!,
      ...tokenizer.encode(passage, { literal: true }),
      ...tokenizer.encode('\n\nQuestion: ', { literal: true, continues: true }),
    ]
    const asked = tokenizer.encode(question, { literal: true, continues: true })
    using session = model.session()
    const logits = session.forward([...before, ...asked], true)
    const row = (i: number): Float32Array => logits.subarray(i * tokenizer.size, (i + 1) * tokenizer.size)
    const sum = asked.reduce((sum, id, i) => sum + logProbability(row(before.length + i - 1), id), 0)
    expect(scores[k]).toBeCloseTo(sum / asked.length, 4)
  }
})

test('what does not fit the context is shown in part', async () => {
  const scores = await likelihoodScorer(model).score('q'.repeat(200), ['p'.repeat(200), ''])
  expect(scores).toHaveLength(2)
  expect(scores.every((score) => score < 0)).toBe(true)
})

test('an abort ends it with its reason', async () => {
  const stop = new AbortController()
  stop.abort('enough')
  await expect(likelihoodScorer(model).score('q', ['p'], stop.signal)).rejects.toBe('enough')
})

test('selection asks about the best passages and follows', async () => {
  const filler = (word: string) => `The ${word} of the town is told at length in this paragraph. `.repeat(9)
  const text = [filler('river'), filler('bridge'), filler('mayor'), filler('road')].join('\n\n')
  const call: LanguageModelV4CallOptions = {
    prompt: [
      { role: 'user', content: [{ type: 'text', text: 'What is told of the town?' }] },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: '1', toolName: 'read', output: { type: 'text', value: text } },
        ],
      },
    ],
  }
  const asked: string[][] = []
  const kept = async (wanted: string): Promise<string> => {
    const score = async (_: string, passages: readonly string[]): Promise<number[]> => {
      asked.push([...passages])
      return passages.map((passage) => (passage.includes(wanted) ? 1 : 0))
    }
    return JSON.stringify((await selectContext(call, { maxTokens: 190, score: { score } })).call)
  }
  expect(await kept('mayor')).toContain('mayor')
  expect(await kept('mayor')).not.toContain('river')
  expect(await kept('road')).toContain('road')
  expect(asked[0]).toHaveLength(4)
})
