/** A prompt that gives way in the middle of its passes: others run meanwhile, and nothing of theirs or its own is changed. */
import { expect, test } from 'vitest'
import { BadOptionError, DisposedError } from '../errors.ts'
import { randomModel } from '../testing/random-model.ts'
import { openModel } from './model.ts'

const prompt = Array.from({ length: 300 }, (_, i) => (i * 7) % 250)
const file = randomModel({ type: 'q4_k', dim: 256, hiddenDim: 512, heads: 4, kvHeads: 2, contextLength: 400 })
const give = (): Promise<void> => Promise.resolve()

test.each(['reference', 'wasm'] as const)('two prompts and a decoder side by side on %s', async (backend) => {
  using model = await openModel(file, { backend })
  using alone = model.session()
  const whole = alone.forward(prompt)
  const one = alone.forward([5])
  using first = model.session()
  using second = model.session()
  using third = model.session()
  third.prefill(prompt.slice(0, 9))
  using fourth = model.session()
  const short = fourth.forward(prompt.slice(0, 10))
  let turns = 0
  const turn = async (): Promise<void> => {
    await Promise.resolve()
    if (++turns % 10 !== 0) return
    third.rewind(9)
    expect(third.forward(prompt.slice(9, 10))).toEqual(short)
  }
  const [a, b] = await Promise.all([first.run(prompt, turn), second.run(prompt.slice(0, 299), give)])
  expect(turns).toBeGreaterThan(10)
  expect(a.logits).toEqual(whole)
  expect(a.rows[0]!.best).toBe(whole.indexOf(whole.reduce((x, y) => Math.max(x, y))))
  expect(first.forward([5])).toEqual(one)
  expect(b.rows).toHaveLength(1)
  expect(second.forward(prompt.slice(299))).toEqual(whole)
})

test('a session on its way takes no other call, and one that was disposed or broken off ends', async () => {
  using model = await openModel(file, { backend: 'wasm' })
  const session = model.session()
  const running = session.run(prompt, give)
  for (const call of [() => session.forward([1]), () => session.rewind(0), () => session.prefill([1])]) {
    expect(call).toThrow(BadOptionError)
  }
  await expect(session.run([1], give)).rejects.toThrow(BadOptionError)
  session[Symbol.dispose]()
  await expect(running).rejects.toThrow(DisposedError)
  using other = model.session()
  let turns = 0
  const stop = async (): Promise<void> => {
    if (++turns === 9) throw new Error('enough')
  }
  await expect(other.run(prompt, stop)).rejects.toThrow('enough')
  expect(prompt.slice(0, other.length)).toEqual(other.tokens)
  using fresh = model.session()
  expect(other.forward(prompt.slice(other.length))).toEqual(fresh.forward(prompt))
})
