import { expect, test } from 'vitest'
import { readLinear } from './read-linear.ts'
import { outside, requests } from './testing/topics.ts'
import { conflictsOf, trainLinear } from './train-linear.ts'

const refused = (message: RegExp, issues?: readonly string[]) =>
  expect.objectContaining({
    code: 'examples_invalid',
    message: expect.stringMatching(message),
    ...(issues && { issues }),
  })

test('a head answers with probabilities, is its file, and the same for the same examples and seed', async () => {
  const [examples, held] = [requests(200, 1), requests(100, 2)]
  const head = await trainLinear(examples)
  expect(head.labels).toEqual(['money', 'music', 'weather'])
  expect(head.outOfScopeLabel).toBeNull()
  const bytes = head.bytes()
  expect(Buffer.from((await trainLinear(examples)).bytes()).equals(bytes)).toBe(true)
  expect(Buffer.from((await trainLinear(examples, { seed: 2 })).bytes()).equals(bytes)).toBe(false)
  const read = readLinear(bytes)
  expect(Buffer.from(read.bytes()).equals(bytes)).toBe(true)
  let right = 0
  for (const { text, target } of [...held, { text: '?!', target: '' }, { text: '', target: '' }]) {
    const answer = head.classify(text)
    expect(read.classify(text)).toEqual(answer)
    const shares = head.probabilities(text)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4)
    expect(answer.probability).toBe(Math.max(...shares))
    if (answer.label === target) right++
  }
  expect(right).toBeGreaterThan(97)
})

test.each([
  ['with examples of it', outside(40, 3)],
  ['with a few examples of it', outside(4, 3)],
  ['without any', []],
])('what is out of scope lies further outside, %s', async (_, examples) => {
  const options = examples.length > 0 ? { outOfScopeLabel: 'none' } : {}
  const head = await trainLinear([...requests(300, 1), ...examples], options)
  const shares = (texts: readonly { readonly text: string }[]): number[] =>
    texts.map(({ text }) => head.classify(text).outOfScope)
  expect(shares(requests(100, 5)).filter((share) => share > 0.95).length).toBeLessThan(15)
  expect(shares(outside(100, 6)).filter((share) => share > 0.95).length).toBeGreaterThan(85)
})

test('rows that nothing can be learned from are named', async () => {
  const good = requests(10, 1)
  const bad = [
    ...good,
    { text: ' ', target: 'music' },
    { text: 'a', target: 'wether' },
    { text: 'b', target: '', row: 99 },
  ]
  await expect(trainLinear(bad, { labels: ['weather', 'money', 'music'] })).rejects.toEqual(
    refused(/the training set/, [
      'row 11: the text is empty',
      'row 12: the label is none of the 3',
      'row 99: the answer is empty',
    ]),
  )
  await expect(trainLinear([])).rejects.toEqual(refused(/no examples/))
  await expect(trainLinear([good[0]!, { ...good[0]!, text: 'other' }])).rejects.toEqual(refused(/one answer/))
  await expect(
    trainLinear([
      { text: 'A?', target: 'x' },
      { text: 'a', target: 'y' },
    ]),
  ).rejects.toEqual(refused(/ask the same/))
  await expect(trainLinear(good, { outOfScopeLabel: 'none' })).rejects.toEqual(refused(/no example has/))
  await expect(
    trainLinear([...outside(3, 1), { text: 'rain', target: 'weather' }], { outOfScopeLabel: 'none' }),
  ).rejects.toEqual(refused(/needs two/))
})

test('the same text with two answers is reported, and learned from all the same', async () => {
  const examples = [
    { text: 'Rain today', target: 'weather' },
    { text: 'a song', target: 'music' },
    { text: 'rain today!', target: 'music', row: 7 },
    { text: 'A song.', target: 'music' },
  ]
  expect(conflictsOf(examples)).toEqual(['row 7: "music", and "weather" of the same text in row 1'])
  expect((await trainLinear(examples)).labels).toEqual(['music', 'weather'])
})

test('stops when it is told to', async () => {
  const stop = new AbortController()
  const training = trainLinear(requests(2000, 1), { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(training).rejects.toThrow('enough')
})
