import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { finish, text } from '../testing/models.ts'
import { keepable } from './keepable.ts'

type Part = LanguageModelV4StreamPart

const calls: Part[] = [
  { type: 'tool-input-start', id: '1', toolName: 'f' },
  { type: 'tool-input-end', id: '1' },
  { type: 'tool-call', toolCallId: '1', toolName: 'f', input: '{}' },
]

test('a whole answer is kept without what was of its call alone', () => {
  const parts: Part[] = [...text('a', 'b'), ...calls]
  for (const reason of ['stop', 'tool-calls'] as const) {
    const whole: Part[] = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'x' },
      { type: 'raw', rawValue: 1 },
      ...parts,
      finish({ reason }),
    ]
    expect(keepable(whole)).toEqual([...parts, finish({ reason })])
  }
})

test.each<[string, Part[]]>([
  ['nothing', []],
  ['no finish', text('a')],
  ['something after the finish', [...text('a'), finish(), ...text('b')]],
  ['an error', [...text('a'), { type: 'error', error: 'x' }, finish()]],
  ['a text that did not end', [{ type: 'text-start', id: '0' }, finish()]],
  ['a thought that did not end', [{ type: 'reasoning-start', id: '0' }, ...text('a'), finish()]],
  ['a call that did not end', [...calls.slice(0, 1), finish()]],
  ...(['length', 'content-filter', 'error', 'other'] as const).map((reason): [string, Part[]] => [
    `ended by ${reason}`,
    [...text('a'), finish({ reason })],
  ]),
])('%s is not kept', (_, parts) => {
  expect(keepable(parts)).toBeNull()
})
