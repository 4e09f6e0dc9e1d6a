import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MiniLike } from '../../device/mini-device.ts'
import { miniNameRecall, miniNames } from './mini-names.ts'

const contextLength = 512

/** Marks every word with a capital, as long as the text fits; remembers what it read. */
function fakeMini(tokensPerUnit = 0.3): MiniLike & { readonly windows: string[] } {
  const windows: string[] = []
  return {
    modelId: 'fake',
    contextLength,
    windows,
    countTokens: (_: string, text: string) => Math.ceil(text.length * tokensPerUnit),
    run: async function* (_: string, text: string) {
      windows.push(text)
      const tokens = Math.ceil(text.length * tokensPerUnit)
      if (tokens > contextLength) throw new Error(`${tokens} tokens do not fit`)
      yield { text: '', logprob: 0 }
      const words = [...text.matchAll(/\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)*/gu)]
      const data = [
        ...words.map(({ 0: word, index }) => ({ type: 'PERSON', start: index, end: index + word.length })),
        ...[...text.matchAll(/\d{4}/g)].map(({ index }) => ({
          type: 'DATE_TIME',
          start: index,
          end: index + 4,
        })),
      ]
      return {
        finishReason: 'stop',
        promptTokens: 1,
        cachedTokens: 0,
        completionTokens: 1,
        meanLogprob: 0,
        data,
      }
    },
  } as unknown as MiniLike & { readonly windows: string[] }
}

const found = async (text: string, mini = fakeMini()) =>
  (await miniNames(mini).find(text)).map(({ start, end }) => text.slice(start, end))

test('names and no dates', async () => {
  expect(await found('Anna Lee met Bo in 1999.')).toEqual(['Anna Lee', 'Bo'])
  expect(await found('1234 5')).toEqual([])
  expect(await found('')).toEqual([])
})

test('a text is read once, until too much was read since', async () => {
  const mini = fakeMini()
  const names = miniNames(mini)
  const first = await names.find('Anna Lee left.')
  expect(await names.find('Anna Lee left.')).toEqual(first)
  expect(mini.windows).toHaveLength(1)
  for (let i = 0; i < 5; i++) await names.find(`${i} ${'word '.repeat(20_000)}`)
  mini.windows.length = 0
  await names.find('Anna Lee left.')
  expect(mini.windows).toHaveLength(1)
})

test('a name at the edge of a window is found whole, wherever the edge is', async () => {
  for (let before = 0; before < 800; before += 7) {
    const text = `${'word '.repeat(200).slice(0, before)} Anna Maria Kowalski ${'word '.repeat(300)}`
    expect(await found(text)).toEqual(['Anna Maria Kowalski'])
  }
})

test('every letter is read, in windows that fit', async () => {
  // Every stretch stands once in its text, so that it is known which one was read.
  let next = 0
  const letters = (count: number, from: number) =>
    Array.from({ length: count }, () => String.fromCodePoint(from + (next++ % 6000))).join('')
  const piece = fc.constantFrom(
    () => `Anna${next++} `,
    () => ' \n',
    () => letters(900, 0x4e00),
    () => letters(90, 0x17000),
    () => '.',
  )
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => {
    next = 0
    return pieces.map((make) => make()).join('')
  })
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom(0.3, 1, 3), async (text, tokens) => {
      const mini = fakeMini(tokens)
      await miniNames(mini).find(text)
      let covered = 0
      for (const window of mini.windows) {
        const at = text.indexOf(window)
        expect(at).toBeLessThanOrEqual(covered)
        covered = Math.max(covered, at + window.length)
      }
      // Stretches without a letter are not read.
      expect(/\p{L}/u.test(text.slice(covered))).toBe(false)
    }),
    { numRuns: 100, seed: 2 },
  )
})

test('data that are no spans are an error', async () => {
  const broken = (data: unknown) => {
    const mini = fakeMini()
    return miniNames({
      ...mini,
      run: async function* () {
        yield { text: '', logprob: 0 }
        return { data }
      } as never,
    }).find('Anna')
  }
  await expect(broken(null)).rejects.toThrow(TypeError)
  await expect(broken([{ type: 'PERSON', start: 'x' }])).rejects.toThrow(TypeError)
})

test("the recall on receipts is the one of the model's card", () => {
  const card = new URL('../../../../../models/mini/figures.json', import.meta.url)
  const { names } = JSON.parse(readFileSync(card, 'utf8')).redact
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  expect(miniNameRecall.recall).toBe(Math.round(names.wordRecall * 1000) / 1000)
  expect(miniNameRecall.measuredOn).toContain(`presidio (${percent(names.bySource.presidio)})`)
  expect(miniNameRecall.measuredOn).toContain(`WNUT 2017 dev (${percent(names.bySource.wnut17)})`)
})
