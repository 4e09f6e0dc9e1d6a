import { expect, test } from 'vitest'
import { splitPassages } from './passages.ts'
import { selectContext } from './select-context.ts'

const all = process.env.EDGEWISE_TESTS === 'all'
const megabytes = all ? 10 : 1
const size = megabytes * 1_000_000
const texts: readonly (readonly [string, () => string])[] = [
  ['one word', () => 'a'.repeat(size)],
  ['pairs of surrogates', () => '😀'.repeat(size / 2)],
  ['high surrogates', () => '\ud83d'.repeat(size)],
  ['spaces', () => ' '.repeat(size)],
  ['ends of lines', () => '\n'.repeat(size)],
  ['one line of words', () => 'lorem ipsum '.repeat(size / 12)],
  ['headings', () => '# a\n'.repeat(size / 4)],
  ['open fences', () => '```\n~~~\n'.repeat(size / 8)],
  ['full stops', () => '.'.repeat(size)],
  ['a table without end', () => '| a '.repeat(size / 4)],
]

test.each(texts)(`${megabytes} MB of %s are cut to the budget`, async (_, make) => {
  const text = make()
  const { call, facts } = await selectContext(
    {
      prompt: [
        { role: 'user', content: [{ type: 'text', text: 'Where is lorem?' }] },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: '1', toolName: 'read', output: { type: 'text', value: text } },
          ],
        },
      ],
    },
    { maxTokens: 2000 },
  )
  expect(facts!.keptTokens).toBeLessThanOrEqual(2000)
  expect(JSON.stringify(call).length).toBeLessThan(100_000)
})

test.each(texts)('passages of %s lie side by side and are bounded', (_, make) => {
  // The first half of a megabyte is what lines and blocks are looked for in.
  for (const text of [make(), make().slice(0, 400_000)]) sideBySide(text)
})

function sideBySide(text: string): void {
  let at = 0
  let longest = 0
  for (const { start, end } of splitPassages(text)) {
    if (start !== at) throw new Error(`a passage begins at ${start}, the one before ended at ${at}`)
    at = end
    longest = Math.max(longest, end - start)
  }
  expect(at).toBe(text.length)
  expect(longest).toBeLessThanOrEqual(2400)
}
