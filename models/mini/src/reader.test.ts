import { ContextLengthError, PrefixCache, turns } from '@edgewise/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Reader } from './reader.ts'
import { tinyMini } from './testing/tiny-mini.ts'

test('whatever was asked before and run ahead, the logits are those of the sequence alone', async () => {
  using mini = await tinyMini(3)
  const { model } = mini
  const token = fc.integer({ min: 0, max: 5 })
  const question = fc.record({
    keep: fc.nat(80),
    more: fc.array(token, { minLength: 1, maxLength: 40 }),
    ahead: fc.array(token, { maxLength: 40 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 1, maxLength: 6 }), async (questions) => {
      using reader = new Reader(new PrefixCache(model), turns())
      let last: number[] = []
      for (const { keep, more, ahead } of questions) {
        last = [...last.slice(0, keep), ...more].slice(0, 100)
        const have = await reader.after(last, ahead)
        using fresh = model.session()
        const want = fresh.forward(last)
        expect(Math.hypot(...want.map((x, i) => x - have[i]!))).toBeLessThan(1e-3)
      }
    }),
    { numRuns: 15, seed: 1 },
  )
})

test('what does not fit the context is refused before any work', async () => {
  using mini = await tinyMini(3)
  using reader = new Reader(new PrefixCache(mini.model), turns())
  const tooMany = new Array<number>(mini.contextLength + 1).fill(1)
  await expect(reader.after(tooMany)).rejects.toThrow(ContextLengthError)
  expect((await reader.after(tooMany.slice(1), [1, 2, 3])).length).toBe(mini.model.tokenizer.size)
})
