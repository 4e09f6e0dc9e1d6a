import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { crossFit, type LabelledText } from './cross-fit.ts'
import { featuresOf, rarity, weighed } from './features.ts'

const topics = {
  weather: ['rain', 'sun', 'snow', 'forecast'],
  money: ['bank', 'card', 'transfer', 'balance'],
  music: ['song', 'play', 'album', 'band'],
}

function texts(n: number, seed: number): LabelledText[] {
  const random = seededRandom(seed)
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  return Array.from({ length: n }, () => {
    const [label, words] = one(Object.entries(topics))
    return {
      label,
      text: `${one(['please', 'hey', 'now'])} ${one(words)} ${one(words)} ${Math.floor(random() * 1e6)}`,
    }
  })
}

const rightOf = async (examples: readonly LabelledText[]): Promise<number> => {
  const answers = await crossFit(examples)
  return answers!.filter(({ label }, i) => label === examples[i]!.label).length / examples.length
}

describe('cross-fitting', () => {
  test('learns what can be learnt, with probabilities, the same each time', async () => {
    const examples = texts(120, 1)
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
      label: random() < 0.5 ? 'a' : 'b',
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
        { text: 'a', label: 'x' },
        { text: 'A.', label: 'y' },
      ]),
    ).toBeNull()
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    await expect(crossFit(texts(20, 3), { signal: stop.signal })).rejects.toThrow('enough')
  })

  test('answers texts without a letter, and long ones', async () => {
    const odd = [...texts(20, 4), { text: '?!', label: 'music' }, { text: 'x'.repeat(1e6), label: 'money' }]
    for (const { logprob } of (await crossFit(odd))!) expect(Number.isFinite(logprob)).toBe(true)
  })
})

test('features have length 1, or none', () => {
  const [some, none] = [featuresOf('Straße 12 straße'), featuresOf('…')]
  expect(Math.hypot(...weighed(some, rarity([some, none])).values)).toBeCloseTo(1, 5)
  expect(none.places).toHaveLength(0)
})

const file = fileURLToPath(new URL('../../../../../../shared/tasks/clinc150/data.json', import.meta.url))
const present = existsSync(file)

test.skipIf(!present)(
  `30 labels of CLINC150${present ? '' : ' (skipped: the public set is absent)'}`,
  async () => {
    const { train } = JSON.parse(readFileSync(file, 'utf8')) as { train: [string, string][] }
    const labels = new Set([...new Set(train.map(([, label]) => label))].slice(0, 30))
    const examples = train.flatMap(([text, label]) => (labels.has(label) ? [{ text, label }] : []))
    expect(examples).toHaveLength(3000)
    expect(await rightOf(examples)).toBeGreaterThan(0.95)
  },
)
