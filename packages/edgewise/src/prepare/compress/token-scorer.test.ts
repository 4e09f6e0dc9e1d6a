import { readFile } from 'node:fs/promises'
import { logProbability, type Model, openModel } from '@edgewise/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syntheticModel } from '../../../../engine/src/testing/synthetic-model.ts'
import { tokenScorer } from './token-scorer.ts'

let mini: Model
beforeAll(async () => {
  const file = new URL('../../../../../models/mini/edgewise-mini.gguf', import.meta.url)
  mini = await openModel(await readFile(file), { threads: 1 })
})
afterAll(() => mini[Symbol.dispose]())

const text = 'Ünïcode 😀😀 日本語: the cafe’s report of the agency.\n'

test.each([undefined, '<|im_start|>user\n<|complete|>'])(
  'with prefix %j: what a forward pass says, entries side by side',
  async (prefix) => {
    const scored = await tokenScorer(mini, prefix === undefined ? {} : { prefix }).tokens(text)
    let at = 0
    for (const { start, end, logprob } of scored) {
      expect(start).toBe(at)
      expect(end).toBeGreaterThan(start)
      expect(text.slice(start, end).isWellFormed()).toBe(true)
      expect(logprob).toBeLessThan(0)
      at = end
    }
    expect(at).toBe(text.length)

    const { tokenizer } = mini
    const head = prefix === undefined ? [] : tokenizer.encode(prefix, { special: true })
    const ids = tokenizer.encode(text, { literal: true })
    using session = mini.session()
    const logits = session.forward([...head, ...ids], true)
    const row = (i: number): Float32Array => logits.subarray(i * tokenizer.size, (i + 1) * tokenizer.size)
    const sum = ids.reduce((sum, id, i) => {
      const before = head.length + i - 1
      return sum + (before < 0 ? -Math.log(tokenizer.size) : logProbability(row(before), id))
    }, 0)
    expect(scored.reduce((sum, { logprob }) => sum + logprob, 0)).toBeCloseTo(sum, 3)
  },
)

test('a text longer than the context is read in windows, and a word costs less where it was read before', async () => {
  const word = ' information'
  const long = `${'The report of the agency is public. '.repeat(100)}${word}${word}`
  const scored = await tokenScorer(mini).tokens(long)
  expect(scored.at(-1)!.end).toBe(long.length)
  expect(scored.length).toBeGreaterThan(mini.contextLength)
  const cost = (from: number, to: number): number =>
    scored.filter(({ end }) => end > from && end <= to).reduce((sum, { logprob }) => sum - logprob, 0)
  const first = long.length - 2 * word.length
  expect(cost(first + word.length, long.length)).toBeLessThan(cost(first, first + word.length))
})

test('no text has no tokens; halves of pairs and U+2581 keep their places', async () => {
  const scorer = tokenScorer(mini)
  expect(await scorer.tokens('')).toEqual([])
  const odd = 'a\ud83d b▁c'
  const scored = await scorer.tokens(odd)
  expect(scored.map(({ start, end }) => odd.slice(start, end)).join('')).toBe(odd)
})

test('a SentencePiece vocabulary: no space is put in front, its own mark for one keeps its place', async () => {
  const file = syntheticModel({ family: 'gemma-3-270m', layers: 1, narrow: true, vocabulary: 512 })
  using gemma = await openModel(file, { backend: 'reference' })
  const words = 'hello ▁日本 world'
  const scored = await tokenScorer(gemma).tokens(words)
  expect(scored.map(({ start, end }) => words.slice(start, end)).join('')).toBe(words)
  expect(scored[0]!.end).toBe(1)
})

test('tokens that do not spell the text are an error, not wrong places', async () => {
  const { tokenizer } = mini
  const bytes = new Map(tokenizer.encode('é').map((id) => [id, new Uint8Array(0)]))
  const lame = Object.create(mini, {
    tokenizer: {
      value: Object.create(tokenizer, {
        size: { value: tokenizer.size },
        encode: { value: (text: string) => tokenizer.encode(text) },
        bytesOf: { value: (id: number) => bytes.get(id) ?? tokenizer.bytesOf(id) },
      }),
    },
    session: { value: () => mini.session() },
    contextLength: { value: mini.contextLength },
  }) as Model
  await expect(tokenScorer(lame).tokens('café')).rejects.toThrow(RangeError)
})

test('an abort ends it with its reason', async () => {
  const stop = new AbortController()
  stop.abort('enough')
  await expect(tokenScorer(mini).tokens(text, stop.signal)).rejects.toBe('enough')
})
