import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { Vault } from '@edgewise/redact'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type RestoreOptions, restoreParts } from './restore-parts.ts'

const value = 'Anna "Ania"\n\\ Kowalski'
const vault = new Vault()
vault.placeholder('PERSON', value)
vault.placeholder('EMAIL_ADDRESS', 'ann@lee.org')
vault.placeholder('TEXT', 'ask_ann@lee.org')

type Part = LanguageModelV4StreamPart
const run = (parts: readonly Part[], options?: RestoreOptions) => parts.flatMap(restoreParts(vault, options))
const usage = { inputTokens: {}, outputTokens: {} } as Extract<Part, { type: 'finish' }>['usage']
const finish: Part = { type: 'finish', usage, finishReason: { unified: 'stop', raw: undefined } }
const text = (...deltas: readonly string[]): Part[] => [
  { type: 'text-start', id: '0' },
  ...deltas.map((delta) => ({ type: 'text-delta' as const, id: '0', delta })),
  { type: 'text-end', id: '0' },
]
const said = (parts: readonly Part[], type = 'text-delta') =>
  parts.map((part) => (part.type === type ? (part as { delta: string }).delta : '')).join('')

test('a placeholder split over parts is put back, the rest is not held', () => {
  expect(run(text('Dear [PER', 'SON_', '1], hi'))).toEqual([
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'Dear ' },
    { type: 'text-delta', id: '0', delta: `${value}, hi` },
    { type: 'text-end', id: '0' },
  ])
})

test('what is held back comes before the end of its block, before an error and before the finish', () => {
  const held = { type: 'text-delta', id: '0', delta: '[PERS' } as const
  expect(run(text('[PERS'))).toEqual([{ type: 'text-start', id: '0' }, held, { type: 'text-end', id: '0' }])
  const error: Part = { type: 'error', error: new Error('[PERSON_1]') }
  expect(run([held, error])).toEqual([held, error])
  expect(run([held, finish])).toEqual([held, finish])
})

test('blocks that run side by side do not mix', () => {
  const parts: Part[] = [
    { type: 'text-delta', id: 'a', delta: '[PERSON' },
    { type: 'text-delta', id: 'b', delta: '[EMAIL_ADDRESS' },
    { type: 'reasoning-delta', id: 'a', delta: '[EMAIL' },
    { type: 'text-delta', id: 'a', delta: '_1]' },
    { type: 'text-delta', id: 'b', delta: '_1]' },
    { type: 'reasoning-delta', id: 'a', delta: '_ADDRESS_1]' },
  ]
  expect(run(parts)).toEqual([
    { type: 'text-delta', id: 'a', delta: value },
    { type: 'text-delta', id: 'b', delta: 'ann@lee.org' },
    { type: 'reasoning-delta', id: 'a', delta: 'ann@lee.org' },
  ])
})

test('a part keeps what it says beside its text', () => {
  const providerMetadata = { edgewise: { logprob: -0.1 } }
  const part: Part = { type: 'text-delta', id: '0', delta: '[PERSON', providerMetadata }
  expect(run([part])).toEqual([{ ...part, delta: '' }])
})

test('inputs of tools are JSON, streamed and whole', () => {
  const input = JSON.stringify({ to: '[PERSON_1]', mail: '[EMAIL_ADDRESS_1]' })
  const parts = run([
    { type: 'tool-input-start', id: '1', toolName: 'TEXT_1' },
    ...[...input].map((delta) => ({ type: 'tool-input-delta' as const, id: '1', delta })),
    { type: 'tool-input-end', id: '1' },
    { type: 'tool-call', toolCallId: '1', toolName: 'TEXT_1', input },
  ])
  const wanted = { to: value, mail: 'ann@lee.org' }
  expect(JSON.parse(said(parts, 'tool-input-delta'))).toEqual(wanted)
  const call = parts.at(-1) as Extract<Part, { type: 'tool-call' }>
  expect(JSON.parse(call.input)).toEqual(wanted)
  expect([parts[0], call]).toMatchObject([{ toolName: 'ask_ann@lee.org' }, { toolName: 'ask_ann@lee.org' }])
})

test('an input that is text is restored as text', () => {
  const parts = run([
    { type: 'tool-input-start', id: '1', toolName: 'run', inputEncoding: 'text' },
    { type: 'tool-input-delta', id: '1', delta: '[PERSON_1]' },
  ])
  expect(said(parts, 'tool-input-delta')).toBe(value)
})

test('a JSON answer stays JSON', () => {
  const answer = run(text('{"to": "[PER', 'SON_1]"}'), { json: true })
  expect(JSON.parse(said(answer))).toEqual({ to: value })
})

test('results of the provider and sources are restored, what was not given out is left', () => {
  expect(
    run([
      { type: 'tool-result', toolCallId: '1', toolName: 'x', result: { 'a [PERSON_1]': ['[PERSON_2]', 1] } },
      { type: 'source', sourceType: 'url', id: '1', url: 'https://x.org/?q=[EMAIL_ADDRESS_1]' },
    ]),
  ).toEqual([
    { type: 'tool-result', toolCallId: '1', toolName: 'x', result: { [`a ${value}`]: ['[PERSON_2]', 1] } },
    { type: 'source', sourceType: 'url', id: '1', url: 'https://x.org/?q=ann@lee.org' },
  ])
})

test('any pieces give the whole', () => {
  const bits = fc.constantFrom(
    '[PERSON_1]',
    'PERSON_1',
    '\\[EMAIL\\_ADDRESS\\_1\\]',
    '[',
    ']',
    ' ',
    'x',
    '\\',
    '_1',
    '"',
  )
  const texts = fc.array(bits, { maxLength: 12 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(texts, fc.array(fc.nat(5), { maxLength: 50 }), fc.boolean(), (whole, lengths, json) => {
      const deltas: string[] = []
      let at = 0
      for (const length of lengths) deltas.push(whole.slice(at, (at += length)))
      deltas.push(whole.slice(at))
      expect(said(run(text(...deltas), { json }))).toBe(vault.restore(whole, { json }))
    }),
    { numRuns: 1000, seed: 5 },
  )
})
