import { seededRandom } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { crossFit } from './cross-fit.ts'
import { requests } from './testing/topics.ts'
import type { LinearExample } from './types.ts'

const rightOf = async (examples: readonly LinearExample[]): Promise<number> => {
  const answers = await crossFit(examples)
  return answers!.filter(({ label }, i) => label === examples[i]!.target).length / examples.length
}

describe('cross-fitting', () => {
  test('learns what can be learnt, with probabilities, the same each time', async () => {
    const examples = requests(120, 1)
    const [first, again] = [await crossFit(examples), await crossFit(examples)]
    expect(await rightOf(examples)).toBeGreaterThan(0.95)
    const plain = (answers: typeof first) => answers!.map(({ label, logprob }) => [label, logprob])
    expect(plain(first)).toEqual(plain(again))
    for (const { logprob } of first!) expect(logprob).toBeLessThanOrEqual(0)
  })

  test('learns nothing where there is nothing, though every text is there twice', async () => {
    const random = seededRandom(2)
    const once = Array.from({ length: 100 }, (_, i) => ({
      text: `word${i} other${i * 7}`,
      target: random() < 0.5 ? 'a' : 'b',
    }))
    const share = await rightOf(
      once.flatMap((example) => [example, { ...example, text: ` ${example.text}!` }]),
    )
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.7)
  })

  test('is nothing for one text, and stops when it is told to', async () => {
    expect(
      await crossFit([
        { text: 'a', target: 'x' },
        { text: 'A.', target: 'y' },
      ]),
    ).toBeNull()
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await expect(crossFit(requests(20, 3), { signal: stop.signal })).rejects.toThrow('enough')
  })

  test('answers texts without a letter, and long ones', async () => {
    const odd = [
      ...requests(20, 4),
      { text: '?!', target: 'music' },
      { text: 'x'.repeat(1e6), target: 'money' },
    ]
    for (const { logprob } of (await crossFit(odd))!) expect(Number.isFinite(logprob)).toBe(true)
  })
})
