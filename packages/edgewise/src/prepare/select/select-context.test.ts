import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateTokens } from './estimate-tokens.ts'
import { selectContext } from './select-context.ts'

const tool = (...texts: string[]): LanguageModelV4Prompt[number] => ({
  role: 'tool',
  content: texts.map((value, i) => ({
    type: 'tool-result',
    toolCallId: `call-${i}`,
    toolName: 'search',
    output: { type: 'text', value },
  })),
})
const user = (...texts: string[]): LanguageModelV4Prompt[number] => ({
  role: 'user',
  content: texts.map((text) => ({ type: 'text', text })),
})
const callOf = (...prompt: LanguageModelV4Prompt): LanguageModelV4CallOptions => ({ prompt })

/** The texts of users and tools, in order. */
const textsOf = ({ prompt }: LanguageModelV4CallOptions): string[] =>
  prompt.flatMap((message) => {
    if (message.role === 'user') return message.content.map((part) => (part.type === 'text' ? part.text : ''))
    if (message.role !== 'tool') return []
    return message.content.map((part) =>
      part.type === 'tool-result' && part.output.type === 'text' ? part.output.value : '',
    )
  })

const filler = (topic: string, count: number): string =>
  Array.from({ length: count }, (_, i) =>
    `The ${topic} of item ${i} is described at length in this paragraph. `.repeat(6),
  ).join('\n\n')

const handbook = `# Handbook

${filler('colour', 8)}

## Expenses

${filler('weight', 2)}

Receipts for taxi rides must reach the accounting office within thirty days.

${filler('shape', 8)}`

test('what fits is the call that came in, and says nothing', async () => {
  const call = callOf(user('Hello, how are you?'), tool(handbook))
  expect(await selectContext(call, { maxTokens: 100_000 })).toEqual({ call, facts: null })
  expect((await selectContext(call, { maxTokens: 100_000 })).call).toBe(call)
})

test('the passage with the answer is kept with its heading, in its place, and gaps are marked', async () => {
  const call = callOf(user('How soon must a taxi receipt be handed in?'), tool(handbook))
  const { call: short, facts } = await selectContext(call, { maxTokens: 300 })
  const [question, text] = textsOf(short)
  expect(question).toBe('How soon must a taxi receipt be handed in?')
  expect(text).toContain('Receipts for taxi rides must reach the accounting office within thirty days.')
  expect(text!.indexOf('## Expenses')).toBeGreaterThan(text!.indexOf('[…]'))
  expect(text!.endsWith('[…]')).toBe(true)
  expect(facts!.keptTokens).toBeLessThanOrEqual(300)
  expect(facts!.keptPassages).toBeLessThan(facts!.passages)
  expect(facts!.tokens).toBe(textsOf(call).reduce((sum, text) => sum + estimateTokens(text), 0))
  expect(textsOf(call)[1]).toBe(handbook)
})

test.each([
  ['behind the document', (question: string) => [`${handbook}\n\n${question}`]],
  ['before the document', (question: string) => [`${question}\n\n${handbook}`]],
  ['on the line before it', (question: string) => [`${question}\n${handbook}`]],
  ['in a part of its own', (question: string) => [handbook, question]],
  ['before "Answer:"', (question: string) => [`${handbook}\n\n${question}\n\nAnswer:`]],
])('the question is found %s and is never cut', async (_, textsWith) => {
  const question = 'How soon must a taxi receipt be handed in?'
  const { call, facts } = await selectContext(callOf(user(...textsWith(question))), { maxTokens: 300 })
  const text = textsOf(call).join('\n')
  expect(text).toContain(question)
  expect(text).toContain('within thirty days')
  expect(facts!.keptTokens).toBeLessThanOrEqual(300)
})

test('system messages, assistant turns, tool calls, short turns and other options stay', async () => {
  const call: LanguageModelV4CallOptions = {
    temperature: 0.5,
    prompt: [
      { role: 'system', content: 'Answer in one sentence. '.repeat(5) },
      user(`${filler('taste', 4)}\n\nWhat is this?`),
      { role: 'assistant', content: [{ type: 'text', text: 'A long answer. '.repeat(30) }] },
      user('Thanks. And receipts?'),
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', toolCallId: 'call-0', toolName: 'search', input: { query: 'receipts' } },
        ],
      },
      tool(handbook),
    ],
  }
  const { call: short, facts } = await selectContext(call, { maxTokens: 500 })
  expect(facts!.keptTokens).toBeLessThanOrEqual(500)
  expect(short.temperature).toBe(0.5)
  expect(short.prompt[0]).toBe(call.prompt[0])
  expect(short.prompt[2]).toBe(call.prompt[2])
  expect(short.prompt[3]).toBe(call.prompt[3])
  expect(short.prompt[4]).toBe(call.prompt[4])
  expect(textsOf(short).at(-1)).toContain('accounting office')
})

test('long strings inside a JSON result are cut, its keys and numbers are not', async () => {
  const call = callOf(user('How soon must a taxi receipt be handed in?'), {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'call-0',
        toolName: 'search',
        output: { type: 'json', value: { hits: [{ id: 7, title: 'Handbook', body: handbook }] } },
      },
    ],
  })
  const { call: short, facts } = await selectContext(call, { maxTokens: 300 })
  const message = short.prompt[1]!
  const part = message.role === 'tool' && message.content[0]
  const value = part && part.type === 'tool-result' && part.output.type === 'json' && part.output.value
  expect(value).toMatchObject({
    hits: [{ id: 7, title: 'Handbook', body: expect.stringContaining('thirty days') }],
  })
  expect(facts!.keptTokens).toBeLessThanOrEqual(300)
})

test('where no passage of the usual size fits, smaller ones are looked at', async () => {
  const harvest = (year: number): string => `The harvest of the year ${year} was brought in with some delay.`
  const years = Array.from({ length: 400 }, (_, i) => harvest(1000 + i)).join('\n\n')
  const question = 'What was the harvest of the year 1100?'
  for (const maxTokens of [100, 150, 200, 300]) {
    const { call, facts } = await selectContext(callOf(user(years, question)), { maxTokens })
    expect(textsOf(call)[0]).toContain(harvest(1100))
    expect(textsOf(call)[1]).toBe(question)
    expect(facts!.keptTokens).toBeLessThanOrEqual(maxTokens)
  }
})

test('the end that looks less like the question makes room where there is none beside it', async () => {
  const first = 'The key and the door of this house are the subject of this long report. '.repeat(5)
  const text = `${first}\n\n${handbook}\n\nHow soon must a taxi receipt be handed in?`
  const { call, facts } = await selectContext(callOf(user(text)), { maxTokens: 70 })
  expect(textsOf(call)[0]).toContain('within thirty days')
  expect(textsOf(call)[0]!.endsWith('How soon must a taxi receipt be handed in?')).toBe(true)
  expect(facts!.keptTokens).toBeLessThanOrEqual(70)
})

test('where none fits, the question goes up alone', async () => {
  const { call, facts } = await selectContext(callOf(user('What is this?'), tool(handbook)), {
    maxTokens: 20,
  })
  expect(textsOf(call)).toEqual(['What is this?', '[…]'])
  expect(facts).toMatchObject({ keptPassages: 0, keptTokens: 7 })
})

test('what is never cut goes up even where it is over the budget, and nothing else does', async () => {
  const question = 'What is this about? '.repeat(20)
  const { call, facts } = await selectContext(callOf(user(question), tool(handbook)), { maxTokens: 50 })
  expect(textsOf(call)).toEqual([question, '[…]'])
  expect(facts!.keptPassages).toBe(0)
  expect(facts!.keptTokens).toBeGreaterThan(50)
})

test('where nothing may be cut the call is the one that came in, and the facts say so', async () => {
  const call = callOf({ role: 'system', content: handbook }, user('What is this?'))
  const { call: out, facts } = await selectContext(call, { maxTokens: 300 })
  expect(out).toBe(call)
  expect(facts).toMatchObject({ passages: 0, keptPassages: 0, keptTokens: facts!.tokens })
})

test.each([
  ['a shared word', callOf(user('Qué?'), tool(handbook))],
  ['a question', callOf(tool(handbook))],
])('without %s the beginning is kept', async (_, call) => {
  const { call: short, facts } = await selectContext(call, { maxTokens: 300 })
  expect(textsOf(short).at(-1)!.startsWith('# Handbook')).toBe(true)
  expect(facts!.keptTokens).toBeLessThanOrEqual(300)
})

test('a counter that says more of texts than of their parts still holds the budget', async () => {
  const countTokens = (text: string): number => Math.ceil(text.length ** 1.05 / 4)
  const call = callOf(user('How soon must a taxi receipt be handed in?'), tool(handbook))
  const { facts } = await selectContext(call, { maxTokens: 600, countTokens })
  expect(facts!.keptTokens).toBeLessThanOrEqual(600)
  expect(facts!.keptPassages).toBeGreaterThan(0)
})

const piece = fc.oneof(
  fc.constantFrom(
    '# Heading\n',
    'Title\n===\n',
    '```\ncode\n\nmore\n```\n',
    '| a | b |\n| - | - |\n',
    '\n\n',
    '\n',
    ' ',
    '😀',
    '\ud83d',
    '日本語の文。',
  ),
  fc.lorem({ maxCount: 30 }).map((words) => `${words}. `),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const document = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

/** The kept text in pieces of the source, one after another; undefined when it is not. */
function isMadeOf(kept: string, source: string): boolean {
  let at = 0
  return kept.split('[…]').every((piece) => {
    // A piece begins with the white space of what was left out before it.
    const words = piece.replace(/^\s{0,2}/, '')
    const found = source.indexOf(words, at)
    at = found + words.length
    return found >= 0
  })
}

test('for any text and budget: pieces of the source in order, no more than fits beside what is never cut, no character halved', async () => {
  await fc.assert(
    fc.asyncProperty(
      document,
      document,
      fc.lorem(),
      fc.constantFrom('?', '?\n\nAnswer:', '.'),
      fc.integer({ min: 20, max: 600 }),
      async (a, b, question, end, maxTokens) => {
        const call = callOf(user('Before.'), tool(a), user(`${b}\n\n${question}${end}`))
        const { call: short, facts } = await selectContext(call, { maxTokens })
        const [before, after] = [textsOf(call), textsOf(short)]
        const count = (texts: readonly string[]): number =>
          texts.reduce((sum, text) => sum + estimateTokens(text), 0)
        expect(after).toHaveLength(before.length)
        if (facts === null) {
          expect(short).toBe(call)
          expect(count(before)).toBeLessThanOrEqual(maxTokens)
          return
        }
        expect(facts.tokens).toBe(count(before))
        expect(facts.keptTokens).toBe(count(after))
        expect(facts.keptPassages).toBeLessThanOrEqual(facts.passages)
        if (short === call) {
          expect(facts.keptTokens).toBe(facts.tokens)
          return
        }
        if (facts.keptPassages > 0) expect(facts.keptTokens).toBeLessThanOrEqual(maxTokens)
        after.forEach((text, i) => {
          expect(isMadeOf(text, before[i]!)).toBe(true)
          if (before[i]!.isWellFormed()) expect(text.isWellFormed()).toBe(true)
        })
        expect(after.at(-1)!.endsWith(`${question}${end}`.slice(-15))).toBe(true)
        if (facts.keptTokens <= maxTokens) {
          expect((await selectContext(short, { maxTokens })).call).toBe(short)
        }
      },
    ),
    { numRuns: 300, seed: 11 },
  )
})

test('an abort ends it with its reason', async () => {
  const stop = new AbortController()
  stop.abort('enough')
  const call = callOf(user('What?'), tool(handbook))
  await expect(selectContext(call, { maxTokens: 300, signal: stop.signal })).rejects.toBe('enough')
})
