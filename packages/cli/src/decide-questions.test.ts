/** The questions as keys are pressed: defaults all the way, own answers, what is refused, and leaving in the middle. */
import { PassThrough, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { checkUseCase, facts, type UseCaseInput } from '@edgewise/advisor'
import { expect, test } from 'vitest'
import { askNewFile, askUseCase } from './decide-questions.ts'

const ENTER = '\r'
const DOWN = '\u001b[B'
const CTRL_C = '\u0003'

/** Presses each when the question before it has been asked. */
async function answered(
  keys: readonly (readonly string[])[],
): Promise<{ asked: string; useCase: UseCaseInput | null }> {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  let shown = ''
  const output = new Writable({
    write(chunk, _, done) {
      shown += String(chunk)
      done()
    },
  })
  const done = askUseCase(facts, { input, output })
  for (const [i, presses] of keys.entries()) {
    while (!shown.includes(questions[i]!)) await setTimeout(5)
    for (const key of presses) {
      input.write(key)
      await setTimeout(2)
    }
  }
  return { useCase: await done, asked: stripVTControlCharacters(shown) }
}

const questions = [
  'What do you call it?',
  'What is the answer?',
  "How much of the cloud's quality",
  'Within how many milliseconds?',
  'Until when?',
  'What may leave the device?',
  'Must it work without a network?',
  'How many users?',
  'How many calls a month',
  'Tokens of a prompt',
  'Tokens of an answer',
  'Which cloud model',
  'Who uses it?',
]
const QUESTIONS = questions.length

test('enter, all the way: a use case that the advisor takes', async () => {
  const { useCase, asked } = await answered(Array.from({ length: QUESTIONS }, () => [ENTER]))
  expect(useCase).toEqual({
    name: 'Smart reply',
    fit: { kind: 'classify', keep: 0.95 },
    latency: { targetMs: 300, of: 'first-token' },
    privacy: 'anything',
    offline: 'no',
    volume: { callsPerMonth: 300_000, users: 10_000, promptTokens: 500, outputTokens: 50 },
    cloud: { model: 'gpt-5-nano' },
    fleet: 'phones-mixed',
  })
  expect(() => checkUseCase(useCase)).not.toThrow()
  for (const question of ['1. Does', '2. How fast', '3. Privacy', '4. Offline', '5. Volume'])
    expect(asked).toContain(question)
})

test('own answers: typed, chosen, found by typing; a number that is none is asked again', async () => {
  const { useCase, asked } = await answered([
    [...'Field notes', ENTER],
    [DOWN, DOWN, DOWN, ENTER],
    [DOWN, ENTER],
    ['x', ENTER, '\u007f', ...'1,500', ENTER],
    [DOWN, ENTER],
    [DOWN, DOWN, DOWN, ENTER],
    [DOWN, DOWN, ENTER],
    [...'200_000', ENTER],
    [...'1e6', ENTER],
    [ENTER],
    [ENTER],
    [...'haiku', ENTER],
    [DOWN, ENTER],
  ])
  expect(asked).toContain('A number, such as 300 or 1,000,000.')
  expect(useCase).toMatchObject({
    name: 'Field notes',
    fit: { kind: 'generate', keep: 0.9 },
    latency: { targetMs: 1500, of: 'whole-answer' },
    privacy: 'nothing-leaves',
    offline: 'must',
    volume: { callsPerMonth: 1_000_000, users: 200_000 },
    cloud: { model: expect.stringContaining('haiku') },
    fleet: 'phones-recent',
  })
  expect(() => checkUseCase(useCase)).not.toThrow()
})

test.each([0, 1, 3, 6, QUESTIONS - 1])('Ctrl+C at question %i: nothing comes back', async (at) => {
  const { useCase } = await answered([...Array.from({ length: at }, () => [ENTER]), [CTRL_C]])
  expect(useCase).toBeNull()
})

test('a file that is there already is asked again: no answer is lost over a name', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  let shown = ''
  const output = new Writable({
    write(chunk, _, done) {
      shown += String(chunk)
      done()
    },
  })
  const done = askNewFile('Which file?', 'package.json', { input, output })
  while (!shown.includes('Which file?')) await setTimeout(5)
  input.write(ENTER)
  while (!shown.includes('package.json is there already')) await setTimeout(5)
  for (const key of [...'no-such.yaml', ENTER]) {
    input.write(key)
    await setTimeout(2)
  }
  expect(await done).toBe('no-such.yaml')
})
