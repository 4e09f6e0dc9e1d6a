import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import { type NameFinder, type Span, Vault } from '@edgewise/redact'
import { expect, test } from 'vitest'
import { namesIn } from './names-in.ts'
import { redactCall } from './redact-call.ts'

/** Finds the names given, wherever they stand. */
const knows = (...names: readonly string[]): NameFinder => ({
  id: 'knows',
  recall: null,
  find: async (text) =>
    names.flatMap((name) =>
      [...text.matchAll(new RegExp(name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g'))].map(({ index }) => ({
        type: 'PERSON',
        start: index,
        end: index + name.length,
      })),
    ),
})
const says = (...texts: readonly string[]): LanguageModelV4CallOptions => ({
  prompt: texts.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
})
const redacted = (call: LanguageModelV4CallOptions, names: NameFinder | null = null, vault = new Vault()) =>
  redactCall(call, { vault, names, privacy: 'redacted' })
const structured = (call: LanguageModelV4CallOptions, instructions?: string) =>
  redactCall(call, {
    vault: new Vault(),
    names: null,
    privacy: 'structured-only',
    instructions: instructions ?? null,
  })

const everything: LanguageModelV4CallOptions = {
  prompt: [
    { role: 'system', content: 'Serve Anna Kowalski.', providerOptions: { openai: { user: 'ann@lee.org' } } },
    { role: 'user', content: [{ type: 'text', text: 'I am Anna Kowalski, ann@lee.org' }] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Anna wants her mail' },
        { type: 'text', text: 'Looking up ann@lee.org' },
        {
          type: 'tool-call',
          toolCallId: 'call_1',
          toolName: 'look_up',
          input: { mail: 'ann@lee.org', ssn: 219099999, deep: [{ 'ann@lee.org': 'Anna Kowalski', n: 3 }] },
        },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'call_1',
          toolName: 'look_up',
          output: { type: 'json', value: { found: true, password: 'correct horse', by: 'Anna' } },
        },
        {
          type: 'tool-result',
          toolCallId: 'call_2',
          toolName: 'look_up',
          output: { type: 'error-text', value: 'no ann@lee.org' },
        },
        {
          type: 'tool-result',
          toolCallId: 'call_3',
          toolName: 'look_up',
          output: { type: 'content', value: [{ type: 'text', text: 'Anna Kowalski' }] },
        },
        { type: 'tool-approval-response', approvalId: 'a', approved: false, reason: 'Anna Kowalski said no' },
      ],
    },
  ],
  tools: [
    {
      type: 'function',
      name: 'look_up',
      description: 'Ask ann@lee.org',
      inputSchema: {
        type: 'object',
        properties: {
          mail: { type: 'string', description: 'as ann@lee.org', enum: ['ann@lee.org', 'none'] },
        },
        required: ['mail'],
      },
      inputExamples: [{ input: { mail: 'ann@lee.org' } }],
    },
    { type: 'provider', id: 'openai.search', name: 'search', args: { user: 'ann@lee.org', depth: 2 } },
  ],
  toolChoice: { type: 'tool', toolName: 'look_up' },
  stopSequences: ['ann@lee.org', '\n\n'],
  responseFormat: {
    type: 'json',
    description: 'for Anna Kowalski',
    schema: { type: 'object', title: 'ann@lee.org' },
  },
  providerOptions: {
    edgewise: { user: 'ann@lee.org' },
    openai: { metadata: { mail: 'ann@lee.org' }, effort: 'high' },
  },
  headers: { 'x-user': 'ann@lee.org' },
  seed: 7,
  temperature: 0.5,
}

test('everything of a call that leaves is redacted, and what is no text is as it was', async () => {
  const { call, counts } = await redacted(everything, knows('Anna Kowalski', 'Anna'))
  const sent = JSON.stringify(call)
  for (const secret of ['ann@lee.org', 'Anna', 'Kowalski', '219099999', 'horse'])
    expect(sent).not.toContain(secret)
  expect(call.prompt[0]).toEqual({
    role: 'system',
    content: 'Serve [PERSON_1].',
    providerOptions: { openai: { user: '[EMAIL_ADDRESS_1]' } },
  })
  expect(call.prompt[1]).toEqual({
    role: 'user',
    content: [{ type: 'text', text: 'I am [PERSON_1], [EMAIL_ADDRESS_1]' }],
  })
  expect(call.prompt[2]).toEqual({
    role: 'assistant',
    content: [
      { type: 'reasoning', text: '[PERSON_1B] wants her mail' },
      { type: 'text', text: 'Looking up [EMAIL_ADDRESS_1]' },
      {
        type: 'tool-call',
        toolCallId: 'call_1',
        toolName: 'look_up',
        input: {
          mail: '[EMAIL_ADDRESS_1]',
          ssn: '[US_SSN_1]',
          deep: [{ '[EMAIL_ADDRESS_1]': '[PERSON_1]', n: 3 }],
        },
      },
    ],
  })
  expect(call.tools?.[0]).toMatchObject({
    name: 'look_up',
    inputSchema: { properties: { mail: { enum: ['[EMAIL_ADDRESS_1]', 'none'] } }, required: ['mail'] },
  })
  expect(call).toMatchObject({ seed: 7, temperature: 0.5, stopSequences: ['[EMAIL_ADDRESS_1]', '\n\n'] })
  expect(call.toolChoice).toEqual({ type: 'tool', toolName: 'look_up' })
  expect(call.providerOptions).toEqual({
    openai: { metadata: { mail: '[EMAIL_ADDRESS_1]' }, effort: 'high' },
  })
  expect(call).not.toHaveProperty('headers')
  expect(counts).toMatchObject({ PASSWORD: 1, US_SSN: 1 })
  expect(JSON.stringify(counts)).not.toMatch(/ann|lee/)
})

test('the caller keeps the call as it was', async () => {
  const before = structuredClone(everything)
  await redacted(everything, knows('Anna'))
  expect(everything).toEqual(before)
})

test('numbers go on through the messages of a conversation', async () => {
  const vault = new Vault()
  const first = await redacted(says('I am Anna.'), knows('Anna'), vault)
  const second = await redacted(says('I am Anna.', 'And Bo?'), knows('Anna', 'Bo'), vault)
  expect(second.call.prompt[0]).toEqual(first.call.prompt[0])
  expect(JSON.stringify(second.call)).toContain('And [PERSON_2]?')
})

test('a placeholder further on in the call is not given out before', async () => {
  const { call } = await redacted(says('ann@lee.org', 'What is [EMAIL_ADDRESS_1]?'))
  expect(
    call.prompt.map((message) => (message as unknown as { content: [{ text: string }] }).content[0].text),
  ).toEqual(['[EMAIL_ADDRESS_2]', 'What is [EMAIL_ADDRESS_1]?'])
})

test('an id or a tool with an identifier in its name gets a name without brackets, the same everywhere', async () => {
  const mail = 'ask_ann@lee.org'
  const { call } = await redacted({
    prompt: [
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'ann@lee.org', toolName: mail, input: {} }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'ann@lee.org',
            toolName: mail,
            output: { type: 'json', value: null },
          },
        ],
      },
    ],
    tools: [{ type: 'function', name: mail, inputSchema: {} }],
  })
  expect(call.tools?.[0]?.name).toBe('TEXT_2')
  expect(call.prompt).toMatchObject([
    { content: [{ toolCallId: 'TEXT_1', toolName: 'TEXT_2' }] },
    { content: [{ toolCallId: 'TEXT_1', toolName: 'TEXT_2' }] },
  ])
})

const file = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } } as const
test.each<[string, LanguageModelV4Message]>([
  ['a picture', { role: 'user', content: [file] }],
  ['a file of reasoning', { role: 'assistant', content: [{ ...file, type: 'reasoning-file' }] }],
  [
    'a file in a result',
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: '1', toolName: 'a', output: { type: 'content', value: [file] } },
      ],
    },
  ],
  ['a part of the future', { role: 'user', content: [{ type: 'smell', text: 'x' } as never] }],
  [
    'no JSON',
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: '1', toolName: 'a', input: { n: 1n } }] },
  ],
])('%s cannot be looked into and does not leave', async (_, message) => {
  await expect(redacted({ prompt: [message] })).rejects.toMatchObject({ code: 'cannot_redact' })
})

test('fields nobody knows do not leave', async () => {
  const { call } = await redacted({ ...says('hi'), secret: 'ann@lee.org' } as LanguageModelV4CallOptions)
  expect(Object.keys(call)).toEqual(['prompt'])
})

const finder = (find: NameFinder['find']): NameFinder => ({ id: 'broken', recall: null, find })
test.each<[string, NameFinder]>([
  ['throws', finder((text) => Promise.reject(new Error(`cannot read ${text}`)))],
  [
    'throws at once',
    finder(() => {
      throw new Error('x')
    }),
  ],
  ['gives no list', finder(async () => undefined as never)],
  ['gives no spans', finder(async () => ['x'] as never)],
  ['gives a span out of range', finder(async (text) => [{ type: 'PERSON', start: 0, end: text.length + 1 }])],
  ['gives an empty span', finder(async () => [{ type: 'PERSON', start: 1, end: 1 }])],
  ['gives NaN', finder(async () => [{ type: 'PERSON', start: Number.NaN, end: 1 }])],
  ['gives half a letter', finder(async () => [{ type: 'PERSON', start: 0.5, end: 1 }])],
  ['gives a type that is none', finder(async () => [{ type: 'a person', start: 0, end: 1 }])],
])('a finder that %s: nothing leaves', async (_, names) => {
  const error = await redacted(says('I am Anna.'), names).catch((error) => error)
  expect(error).toMatchObject({ code: 'redaction_failed' })
  expect(error.message).not.toContain('Anna')
})

test('a finder that takes too long, and one that the caller does not wait for', async () => {
  const deaf = finder(() => new Promise(() => {}))
  await expect(namesIn(['Anna'], deaf, undefined, 5)).rejects.toMatchObject({ code: 'redaction_failed' })
  const left = new AbortController()
  const reason = new Error('left')
  const call = redactCall(says('Anna'), {
    vault: new Vault(),
    names: deaf,
    privacy: 'redacted',
    signal: left.signal,
  })
  left.abort(reason)
  await expect(call).rejects.toBe(reason)
})

test('overlapping spans of a finder hide all they cover', async () => {
  const spans: Span[] = [
    { type: 'PERSON', start: 5, end: 9 },
    { type: 'ORGANIZATION', start: 0, end: 7 },
  ]
  const { call } = await redacted(
    says('Anna Lee, ok'),
    finder(async () => spans),
  )
  expect(JSON.stringify(call)).not.toMatch(/Anna|Lee/)
})

test('structured only: of JSON numbers and names of fields leave, texts as placeholders', async () => {
  const text =
    '{"name": "Anna", "age": 41, "vip": true, "mail":"ann@lee.org", "My note": "x", "card": 4111111111111111, "tags": ["a", null]}'
  const { call, counts } = await structured(says(text))
  expect(call.prompt[0]).toMatchObject({
    content: [
      {
        text:
          '{"name": "[TEXT_1]", "age": 41, "vip": true, "mail":"[EMAIL_ADDRESS_1]", "[TEXT_2]": "[TEXT_3]", ' +
          '"card": "[CREDIT_CARD_1]", "tags": ["[TEXT_4]", null]}',
      },
    ],
  })
  expect(counts).toEqual({ TEXT: 4, EMAIL_ADDRESS: 1, CREDIT_CARD: 1 })
})

test.each<[string, LanguageModelV4Message]>([
  ['the user', { role: 'user', content: [{ type: 'text', text: 'Write to Anna' }] }],
  ['the assistant', { role: 'assistant', content: [{ type: 'text', text: 'Done' }] }],
  ['reasoning', { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm' }] }],
  [
    'a tool',
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: '1',
          toolName: 'a',
          output: { type: 'text', value: 'It is Anna' },
        },
      ],
    },
  ],
  ['a system message of the caller', { role: 'system', content: 'Be Anna' }],
])('structured only: running text of %s stays', async (_, message) => {
  await expect(structured({ prompt: [message] }, 'Be kind')).rejects.toMatchObject({
    code: 'free_text_stays',
  })
})

test('structured only: the name of a member that is a placeholder given out before is hidden', async () => {
  const vault = new Vault()
  vault.placeholder('PERSON', 'Anna')
  const { call } = await redactCall(says('{"PERSON_1": 1, "person": 2}'), {
    vault,
    names: null,
    privacy: 'structured-only',
  })
  expect(JSON.stringify(call)).toContain(JSON.stringify('{"[LITERAL_1]": 1, "person": 2}').slice(1, -1))
})

test('structured only: the instructions of the policy leave, descriptions do not', async () => {
  const { call } = await structured(
    {
      prompt: [
        { role: 'system', content: 'Be kind to ann@lee.org' },
        { role: 'user', content: [{ type: 'text', text: '[1, 2]' }] },
      ],
      tools: [
        {
          type: 'function',
          name: 'sum',
          description: 'For Anna',
          inputSchema: {
            type: 'object',
            properties: { unit: { type: 'string', description: 'Anna', enum: ['cm', 'Anna Lee'] } },
          },
        },
      ],
      stopSequences: ['Anna', '###'],
      responseFormat: { type: 'json', description: 'Anna' },
    },
    'Be kind to ann@lee.org',
  )
  expect(call).toEqual({
    prompt: [
      { role: 'system', content: 'Be kind to [EMAIL_ADDRESS_1]' },
      { role: 'user', content: [{ type: 'text', text: '[1, 2]' }] },
    ],
    tools: [
      {
        type: 'function',
        name: 'sum',
        inputSchema: { type: 'object', properties: { unit: { type: 'string', enum: ['cm', '[TEXT_1]'] } } },
      },
    ],
    stopSequences: ['###'],
    responseFormat: { type: 'json' },
  })
})

test('JSON nested beyond all measure does not leave', async () => {
  let input: unknown = 'ann@lee.org'
  for (let depth = 0; depth < 100_000; depth++) input = [input]
  const content = [{ type: 'tool-call' as const, toolCallId: '1', toolName: 'a', input }]
  await expect(redacted({ prompt: [{ role: 'assistant', content }] })).rejects.toMatchObject({
    code: 'redaction_failed',
  })
})

test('a full name that was found in one text is hidden in all', async () => {
  const once: NameFinder = {
    id: 'once',
    recall: null,
    find: async (text) => (text.startsWith('I am') ? [{ type: 'PERSON', start: 5, end: 13 }] : []),
  }
  const { call } = await redacted(says('I am Anna Lee, hi', 'and (Anna Lee) left; Anna Leeds stays'), once)
  expect(JSON.stringify(call)).toContain('and ([PERSON_1]) left; Anna Leeds stays')
})
