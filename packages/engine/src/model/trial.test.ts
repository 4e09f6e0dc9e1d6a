import { describe, expect, test } from 'vitest'
import { ReferenceBackend } from '../backend/reference.ts'
import { createWasmBackend } from '../backend/wasm/backend.ts'
import { BackendUnavailableError, BadOptionError, ContextLengthError, DisposedError } from '../errors.ts'
import { type TensorType, tensorTypes } from '../gguf/types.ts'
import { randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

const open = (contextLength = 200) =>
  openModel(randomModel(), { backend: new ReferenceBackend(), contextLength })
const text = Array.from({ length: 50 }, (_, i) => (i * 11) % 270)

test('logits of a draft are those of the tokens one by one, and only what is accepted is in the text', async () => {
  using model = await open()
  const vocab = model.tokenizer.size
  using single = model.session()
  const expected = [text, [7], [8], [9], [10]].map((tokens) => single.forward(tokens))
  using session = model.session()
  session.prefill(text.slice(0, 40))
  const { logits, rows } = session.verify(text.slice(40), [7, 8, 9, 10])
  expect(logits).toHaveLength(5 * vocab)
  expect(rows).toHaveLength(5)
  for (const [i, row] of expected.entries()) {
    expect(logits.subarray(i * vocab, (i + 1) * vocab)).toEqual(row)
  }
  expect(session.tokens).toEqual(text)
  expect([session.accept(7), session.accept(8)]).toEqual([true, true])
  expect(session.tokens).toEqual([...text, 7, 8])
  // Another token ends the trial, and the one after it is none any more.
  expect([session.accept(5), session.accept(9)]).toEqual([false, false])
  expect(session.tokens).toEqual([...text, 7, 8])
  expect(session.forward([9])).toEqual(expected[3])
})

test('a draft that gives way between its steps is as one that does not', async () => {
  using model = await open()
  using session = model.session()
  using other = model.session()
  let turns = 0
  const turn = async (): Promise<void> => {
    turns++
    await new Promise((resolve) => setTimeout(resolve))
  }
  const draft = [7, 8, 9, 10]
  const given = await session.run(text, turn, draft)
  const expected = other.verify(text, draft)
  expect(given.logits).toEqual(expected.logits)
  expect(given.rows).toEqual(expected.rows)
  expect(turns).toBeGreaterThan(1)
  expect(session.tokens).toEqual(text)
  expect(draft.every((token) => session.accept(token))).toBe(true)
  const reason = new Error('enough')
  await expect(session.run([1], () => Promise.reject(reason), [2])).rejects.toBe(reason)
  expect(session.tokens).toEqual([...text, ...draft])
  await expect(session.run([], turn, [2])).rejects.toThrow(BadOptionError)
})

test('any other call forgets what is on trial, one that was refused does not', async () => {
  using model = await open()
  using session = model.session()
  const calls: (() => void)[] = [
    () => session.rewind(session.length),
    () => session.prefill([3]),
    () => session.forward([3]),
    () => session.verify([3], []),
  ]
  for (const call of calls) {
    session.verify([1], [2])
    call()
    expect(session.accept(2)).toBe(false)
  }
  session.verify([1], [2])
  expect(() => session.forward([-1])).toThrow(BadOptionError)
  expect(session.accept(2)).toBe(true)
  // Further than the cache was at first.
  const draft = Array.from({ length: 130 }, (_, i) => i)
  session.verify([1], draft)
  expect(draft.every((token) => session.accept(token))).toBe(true)
})

test('a draft that is none, or has no token before it or no room, changes nothing', async () => {
  using model = await open(10)
  using session = model.session()
  session.forward([1, 2, 3])
  expect(() => session.verify([], [4])).toThrow(BadOptionError)
  expect(() => session.verify([4], [model.tokenizer.size])).toThrow(/out of range/)
  expect(() => session.verify([4], [5, 6, 7, 8, 9, 10, 11])).toThrow(ContextLengthError)
  expect(session.tokens).toEqual([1, 2, 3])
  session.verify([4], [5])
  session[Symbol.dispose]()
  expect(() => session.accept(5)).toThrow(DisposedError)
})

const wasm = await createWasmBackend().catch((error: unknown) => {
  if (error instanceof BackendUnavailableError) return undefined
  throw error
})
wasm?.dispose()

describe.skipIf(!wasm)('on the wasm backend, by type of weights', () => {
  test.each(Object.keys(tensorTypes) as TensorType[])(
    '%s: a token alone and beside up to seven others has the same logits',
    async (type) => {
      using model = await openModel(randomModel({ type, layers: 1, dim: 256, hiddenDim: 256, seed: 4 }), {
        backend: 'wasm',
        threads: 1,
      })
      const vocab = model.tokenizer.size
      using single = model.session()
      const rows = text.map((token) => single.forward([token]))
      for (let n = 2; n <= 8; n++) {
        using session = model.session()
        for (let at = 0; at + n <= text.length; at += n) {
          const [first, ...draft] = text.slice(at, at + n)
          const { logits } = session.verify([first!], draft)
          for (let i = 0; i < n; i++) {
            const row = logits.subarray(i * vocab, (i + 1) * vocab)
            // One by one, as comparing arrays takes a hundred times as long.
            const off = row.findIndex((value, id) => value !== rows[at + i]![id])
            expect([n, at + i, off]).toEqual([n, at + i, -1])
          }
          expect(draft.every((token) => session.accept(token))).toBe(true)
        }
      }
    },
  )
})
