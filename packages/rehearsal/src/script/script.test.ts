import { expect, test } from 'vitest'
import { requestDigest } from '../chat/request.ts'
import { ask, rehearsing } from '../testing/ask.ts'
import { chooser } from './choose-rule.ts'
import { faultNames, namedFaults } from './faults.ts'
import { checkScript, parseScript } from './parse-script.ts'

const say = (content: string): object => ({ messages: [{ role: 'user', content }] })

test('the first rule whose conditions hold answers', async () => {
  await using rehearsal = await rehearsing([
    { when: { contains: 'weather', model: 'big' }, answer: 'sun' },
    { when: { contains: 'WEATHER' }, answer: 'rain' },
    { answer: 'no idea' },
  ])
  const texts: (string | null)[] = []
  for (const [model, text] of [
    ['big', 'the weather?'],
    ['small', 'the weather?'],
    ['big', 'the time?'],
  ] as const) {
    const { choices } = await ask(rehearsal, { model, ...say(text) })
    texts.push(choices[0]!.message.content)
  }
  expect(texts).toEqual(['sun', 'rain', 'no idea'])
})

test('calls are counted by each rule for itself, whichever answers', () => {
  const rules = [
    { when: { nth: 1 }, answer: 'first' },
    { when: { nth: 2 }, answer: 'second' },
    { when: { contains: 'x', every: 2 }, answer: 'every second x' },
    { answer: 'other' },
  ]
  const choose = chooser({ version: 1, rules })
  const answers = ['x', '', 'x', 'x', '', 'x'].map(
    (text) => choose({ model: 'm', text, digest: () => null })?.answer,
  )
  expect(answers).toEqual(['first', 'second', 'every second x', 'other', 'other', 'every second x'])
})

test('a digest is of what is asked, not of how', () => {
  const messages = [{ role: 'user', content: 'hi' }]
  const digest = requestDigest({ model: 'a', messages, temperature: 0 })
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(requestDigest({ temperature: 0, stream: true, messages, model: 'b', user: 'u' })).toBe(digest)
  expect(requestDigest({ model: 'a', messages, temperature: 1 })).not.toBe(digest)
  expect(requestDigest({ model: 'a', messages: [{ role: 'user', content: 'ho' }], temperature: 0 })).not.toBe(
    digest,
  )
})

test('every fault can be written by its name', () => {
  for (const name of faultNames) {
    const script = parseScript(JSON.stringify({ version: 1, rules: [{ fault: name }] }))
    expect(script.rules[0]!.fault).toEqual(namedFaults[name])
    expect(checkScript(script)).toEqual(script)
  }
})

test.each([
  [{ rules: [] }, 'version'],
  [{ version: 1, rules: [{ wen: {} }] }, 'rules[0]'],
  [{ version: 1, rules: [{}, { when: { nth: 0 } }] }, 'rules[1].when.nth'],
  [{ version: 1, rules: [{ answer: { text: 'a', json: 1 } }] }, 'rules[0].answer'],
  [{ version: 1, rules: [{ fault: 'explode' }] }, 'rules[0].fault'],
  [{ version: 1, rules: [{ fault: { kind: 'stall' } }] }, 'rules[0].fault'],
  [{ version: 1, rules: [{ tokenMs: -1 }] }, 'rules[0].tokenMs'],
])('%j is refused at %s', (value, place) => {
  expect(() => checkScript(value)).toThrow(
    expect.objectContaining({ code: 'bad_script', message: expect.stringContaining(`${place}: `) }),
  )
})

test('what is not JSON is a bad script', () => {
  expect(() => parseScript('{"version": 1,')).toThrow(expect.objectContaining({ code: 'bad_script' }))
})
