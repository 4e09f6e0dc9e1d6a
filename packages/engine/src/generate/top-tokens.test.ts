import { expect, test } from 'vitest'
import { compileConstraint } from '../constrain/compile.ts'
import { BadOptionError } from '../errors.ts'
import { openModel } from '../model/model.ts'
import { randomModel } from '../testing/random-model.ts'
import { type GeneratedToken, type GenerateOptions, generate } from './generate.ts'
import { topTokens } from './top-tokens.ts'

const bytes = randomModel({ seed: 2 })
const options = { maxTokens: 12, stopTokens: [], temperature: 1.2, repetitionPenalty: 1.3, seed: 4 }

/** Ids of all tokens, best first, and ln of their probabilities, by sorting. */
function ranked(logits: Float32Array): { ids: number[]; logprobs: number[] } {
  const ids = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b)
  const top = logits[ids[0]!]!
  const logSum = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0))
  return { ids, logprobs: ids.map((id) => logits[id]! - logSum) }
}

async function tokensOf(
  model: Parameters<typeof generate>[0],
  prompt: readonly number[],
  given: GenerateOptions,
): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = []
  for await (const token of generate(model, prompt, given)) tokens.push(token)
  return tokens
}

test.each(['reference', 'wasm'] as const)(
  'margin and most probable tokens are those of the plain logits, whatever was drawn, on %s',
  async (backend) => {
    using model = await openModel(bytes, { backend })
    const { tokenizer } = model
    const prompt = tokenizer.encode('hello the world')
    const tokens = await tokensOf(model, prompt, { ...options, topLogprobs: 20 })
    using session = model.session()
    let logits = session.forward(prompt)
    for (const { id, logprob, margin, top } of tokens) {
      const { ids, logprobs } = ranked(logits)
      expect(margin).toBe(logits[ids[0]!]! - logits[ids[1]!]!)
      expect(margin).toBeCloseTo(logprobs[0]! - logprobs[1]!, 5)
      expect(top!.map((token) => token.id)).toEqual(ids.slice(0, 20))
      top!.forEach((token, i) => {
        expect(token.logprob).toBeCloseTo(logprobs[i]!, 4)
        expect(token.text).toBe(tokenizer.textOf(token.id))
        expect(token.bytes).toEqual(tokenizer.bytesOf(token.id))
      })
      expect(logprob).toBeCloseTo(logprobs[ids.indexOf(id)]!, 4)
      logits = session.forward([id])
    }
    // The draw did not always take the best, so that margin is not of the drawn token.
    expect(tokens.some(({ id, top }) => id !== top![0]!.id)).toBe(true)
    const plain = await tokensOf(model, prompt, options)
    expect(plain).toEqual(tokens.map(({ top, ...token }) => token))
  },
)

test('of a forced token nothing else was possible', async () => {
  using model = await openModel(bytes, { backend: 'reference' })
  const constraint = compileConstraint({ choices: ['hello world', 'hello there'] }, model.tokenizer)
  const prompt = model.tokenizer.encode('the')
  const tokens = await tokensOf(model, prompt, { constraint, topLogprobs: 2 })
  expect(new Set(tokens.map(({ forced }) => forced)).size).toBe(2)
  for (const { forced, margin, top } of tokens) {
    expect(margin === Number.POSITIVE_INFINITY).toBe(forced)
    expect(top).toHaveLength(forced ? 0 : 2)
  }
})

test('equal logits by their ids; what is ruled out is not told of', async () => {
  using model = await openModel(bytes, { backend: 'reference' })
  const logits = new Float32Array(model.tokenizer.size).fill(Number.NEGATIVE_INFINITY)
  logits.set([1, 3, 2, 3, 3], 4)
  const row = { best: 5, logSum: 0, margin: 0 }
  const idsOf = (count: number) => topTokens(count)(model.tokenizer, { logits, row }).map(({ id }) => id)
  expect(idsOf(1)).toEqual([5])
  expect(idsOf(2)).toEqual([5, 7])
  expect(idsOf(4)).toEqual([5, 7, 8, 6])
  expect(idsOf(20)).toEqual([5, 7, 8, 6, 4])
})

test('how many is checked', async () => {
  using model = await openModel(bytes, { backend: 'reference' })
  for (const topLogprobs of [-1, 21, 1.5, Number.NaN]) {
    await expect(tokensOf(model, [1], { topLogprobs })).rejects.toThrow(BadOptionError)
  }
})
