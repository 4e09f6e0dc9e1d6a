/** Any call, any secrets anywhere in it: none of them is in what leaves, however it was written. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { type NameFinder, Vault } from '@edgewise/redact'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactCall } from './redact-call.ts'
import { restoreParts } from './restore-parts.ts'

/** What rules find, and names that only the finder knows. */
const identifiers = [
  'ann.lee@example.org',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  '+44 20 7946 0958',
  '192.168.17.4',
]
const names = ['Anna "Ania" Kowalski', 'Zoë Ångström', 'Bo\\Li']
const finder: NameFinder = {
  id: 'knows',
  recall: null,
  find: async (text) =>
    [...names, ...names.map((name) => JSON.stringify(name).slice(1, -1))].flatMap((name) =>
      [...text.matchAll(new RegExp(name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g'))].map(({ index }) => ({
        type: 'PERSON',
        start: index,
        end: index + name.length,
      })),
    ),
}

const written: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => JSON.stringify({ v: value }),
]
/** Ways of writing that the finder does not read, as no model does: for what rules find. */
const encoded: readonly ((value: string) => string)[] = [
  ...written,
  (value) => JSON.stringify(JSON.stringify(value)),
  encodeURIComponent,
  (value) => btoa(`to ${value}.`),
  (value) => value.replaceAll('@', '\\u0040').replaceAll('.', '\\u002e'),
]
const secret = fc.oneof(
  fc.tuple(fc.constantFrom(...identifiers), fc.constantFrom(...encoded)),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...written)),
)
const filler = fc.constantFrom(
  '',
  'hello ',
  'the sum is 12 ',
  '[PERSON_1] ',
  '{"a": 1} ',
  'é ',
  '\n',
  '"',
  '\\ ',
)
const said = fc.tuple(filler, secret, filler).map(([before, [value, write], after]) => ({
  text: `${before} ${write(value)} ${after}`,
  raw: value,
  given: write(value),
}))

/** `message`: how a text is put into a message. */
const calls = (message: (text: string) => string) =>
  fc.array(said, { minLength: 12, maxLength: 12 }).map((parts) => {
    const [a, b, c, d, e, f, g, h, i, j, k, l] = parts.map((part) => part.text)
    const built: LanguageModelV4CallOptions = {
      prompt: [
        { role: 'system', content: message(a!) },
        {
          role: 'user',
          content: [
            { type: 'text', text: message(b!) },
            { type: 'text', text: message(c!) },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: message(d!) },
            {
              type: 'tool-call',
              toolCallId: '1',
              toolName: 't',
              input: { x: [{ [e!]: [f!, 1, { y: g! }] }] },
            },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: '1',
              toolName: 't',
              output: { type: 'json', value: { [h!]: i! } },
            },
            {
              type: 'tool-result',
              toolCallId: '1',
              toolName: 't',
              output: { type: 'error-text', value: message(j!) },
            },
          ],
        },
      ],
      tools: [
        {
          type: 'function',
          name: 't',
          description: k!,
          inputSchema: { type: 'object', description: l!, enum: [k!] },
        },
      ],
      stopSequences: [l!],
      providerOptions: { openai: { user: a!, nested: { [b!]: [c!] } } },
      headers: { 'x-user': d! },
      responseFormat: { type: 'json', description: e!, schema: { title: f!, default: g! } },
    }
    return { call: built, parts }
  })

test.each([
  ['redacted', (text: string) => text],
  ['structured-only', (text: string) => JSON.stringify({ [text]: [text, 1] })],
] as const)('%s: no secret in any form it was given in', async (privacy, message) => {
  await fc.assert(
    fc.asyncProperty(calls(message), async ({ call, parts }) => {
      const result = await redactCall(call, { vault: new Vault(), names: finder, privacy })
      const sent = JSON.stringify(result.call)
      for (const { raw, given } of parts) {
        for (const form of [raw, given]) {
          expect(sent).not.toContain(form)
          expect(sent).not.toContain(JSON.stringify(form).slice(1, -1))
          expect(sent).not.toContain(encodeURIComponent(form))
        }
      }
    }),
    { numRuns: 150, seed: 11 },
  )
})

const json = fc.json({ maxDepth: 4 })
test('structured only: no text of a JSON message leaves, all numbers do', async () => {
  await fc.assert(
    fc.asyncProperty(json, said, async (text, { text: member }) => {
      const message = `{"data": ${text}, "said": ${JSON.stringify(member)}}`
      const { call } = await redactCall(
        { prompt: [{ role: 'user', content: [{ type: 'text', text: message }] }] },
        { vault: new Vault(), names: null, privacy: 'structured-only' },
      )
      const [{ content }] = call.prompt as unknown as [{ content: [{ text: string }] }]
      const left = JSON.parse(content[0].text) as unknown
      const texts: string[] = []
      JSON.stringify(left, (_, value) => {
        if (typeof value === 'string') texts.push(value)
        return value
      })
      for (const value of texts) expect(value).toMatch(/^(?:\s*|\[[A-Z_]+_\d+[A-Z]*\])$/)
    }),
    { numRuns: 200, seed: 12 },
  )
})

test('a model that says again what it was sent: the caller reads what was said, in pieces and in inputs of tools', async () => {
  await fc.assert(
    fc.asyncProperty(said, said, fc.array(fc.nat(7), { maxLength: 40 }), async (first, second, lengths) => {
      const vault = new Vault()
      const input = { [first.text]: [second.text, { n: 1, t: first.text }] }
      const { call } = await redactCall(
        {
          prompt: [
            { role: 'user', content: [{ type: 'text', text: first.text }] },
            { role: 'assistant', content: [{ type: 'tool-call', toolCallId: '1', toolName: 't', input }] },
          ],
        },
        { vault, names: finder, privacy: 'redacted' },
      )
      const [user, assistant] = call.prompt as unknown as [
        { content: [{ text: string }] },
        { content: [{ input: unknown }] },
      ]
      const restore = restoreParts(vault)
      const sent = user.content[0].text
      let back = ''
      let at = 0
      for (const length of [...lengths, sent.length]) {
        const delta = sent.slice(at, (at += length))
        for (const part of restore({ type: 'text-delta', id: '0', delta }))
          back += (part as { delta: string }).delta
      }
      for (const part of restore({ type: 'text-end', id: '0' }))
        if (part.type === 'text-delta') back += part.delta
      expect(back).toBe(first.text)
      const again = JSON.stringify(assistant.content[0].input)
      const [tool] = restore({ type: 'tool-call', toolCallId: '1', toolName: 't', input: again })
      expect(JSON.parse((tool as { input: string }).input)).toEqual(input)
    }),
    { numRuns: 300, seed: 13 },
  )
})
