import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchTask } from './match.ts'
import type { MatchRule, Policy } from './types.ts'

const policyOf = (...match: MatchRule[]): Policy => ({
  version: 1,
  tasks: { t: { place: 'device-only' }, u: { place: 'race' } },
  match,
  default: { place: 'race' },
})

const prompt: LanguageModelV4Prompt = [
  { role: 'system', content: 'You are a Billing clerk.' },
  { role: 'user', content: [{ type: 'text', text: 'the first QUESTION' }] },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'hm' },
      { type: 'tool-call', toolCallId: '1', toolName: 'look', input: { id: 7 } },
    ],
  },
  {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: '1', toolName: 'look', output: { type: 'text', value: 'found' } },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array(9) } },
      { type: 'text', text: 'Where is my' },
      { type: 'text', text: 'Refund?' },
    ],
  },
]

/** Of the prompt above: its texts, `hm`, `{"id":7}` and `found`. */
const CHARS = 24 + 18 + 2 + 8 + 5 + 11 + 7

const whenFits = (when: MatchRule['when'], call: Partial<LanguageModelV4CallOptions> = {}): boolean =>
  matchTask(policyOf({ task: 't', when }), { prompt, ...call }) === 't'

describe('conditions', () => {
  test.each<[string, MatchRule['when'], boolean]>([
    ['a part of the system message, in any case', { systemContains: ['nothing', 'billing CLERK'] }, true],
    ['not of the user message', { systemContains: ['refund'] }, false],
    ['a part of the last user message', { userContains: ['refund'] }, true],
    ['not of an earlier one', { userContains: ['question'] }, false],
    ['in any case', { userContains: ['REFUND'] }, true],
    ['text parts are lines', { userContains: ['my\nrefund'] }, true],
    ['a pattern is text', { userContains: ['.*'] }, false],
    ['as long', { minChars: CHARS, maxChars: CHARS }, true],
    ['longer', { minChars: CHARS + 1 }, false],
    ['shorter', { maxChars: CHARS - 1 }, false],
    ['all must hold', { userContains: ['refund'], hasTools: true }, false],
  ])('%s', (_, when, fits) => {
    expect(whenFits(when)).toBe(fits)
  })

  test('tools and JSON', () => {
    const tools = [{ type: 'function' as const, name: 'look', inputSchema: {} }]
    expect(whenFits({ hasTools: true }, { tools })).toBe(true)
    expect(whenFits({ hasTools: false }, { tools: [] })).toBe(true)
    expect(whenFits({ wantsJson: true }, { responseFormat: { type: 'json' } })).toBe(true)
    expect(whenFits({ wantsJson: true }, { responseFormat: { type: 'text' } })).toBe(false)
    expect(whenFits({ wantsJson: false })).toBe(true)
  })

  test('a call without messages', () => {
    expect(whenFits({ userContains: ['a'] }, { prompt: [] })).toBe(false)
    expect(whenFits({ maxChars: 0 }, { prompt: [] })).toBe(true)
  })
})

test('the first rule that fits names the task, and none is none', () => {
  const policy = policyOf(
    { task: 't', when: { userContains: ['order'] } },
    { task: 'u', when: { userContains: ['refund'] } },
    { task: 't', when: { userContains: ['where'] } },
  )
  expect(matchTask(policy, { prompt })).toBe('u')
  expect(matchTask(policy, { prompt: [] })).toBe(null)
  const { match: _, ...without } = policy
  expect(matchTask(without, { prompt })).toBe(null)
})

test('a text is found wherever it stands', () => {
  const text = fc.string({
    minLength: 1,
    unit: fc.oneof(
      fc.constantFrom('Σ', 'ß', 'İ', 'ﬁ'),
      fc.integer({ min: 1, max: 0xd7ff }).map((code) => String.fromCharCode(code)),
    ),
  })
  fc.assert(
    fc.property(text, text, text, (before, part, after) => {
      const whole = before + part + after
      const user: LanguageModelV4Prompt = [{ role: 'user', content: [{ type: 'text', text: whole }] }]
      expect(whenFits({ userContains: [part] }, { prompt: user })).toBe(true)
      expect(whenFits({ minChars: whole.length, maxChars: whole.length }, { prompt: user })).toBe(true)
    }),
    { seed: 9, numRuns: 300 },
  )
})
