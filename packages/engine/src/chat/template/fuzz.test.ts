/** Damaged templates: whatever they are, they are read or refused with an error of the engine, and soon. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EngineError } from '../../errors.ts'
import { chatTemplate } from '../chat-template.ts'
import { byteModel } from '../testing/byte-vocabulary.ts'
import { chatml, gemma3, llama3, mistral, qwen3 } from '../testing/templates.ts'

const pieces = [
  ...[
    '{%',
    '%}',
    '{{',
    '}}',
    '{#',
    '#}',
    '-',
    '|',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '.',
    ',',
    ':',
    '*',
    '**',
  ],
  ...[
    ' if ',
    ' for ',
    ' in ',
    ' endif ',
    ' endfor ',
    ' set ',
    ' macro f() ',
    ' endmacro ',
    ' call f() ',
    ' not ',
    ' is ',
  ],
  ...[
    'messages',
    'loop',
    'range(9)',
    'namespace()',
    'x',
    '0',
    '-1',
    '1e9',
    'none',
    ' else ',
    '\\',
    '\n',
    ' recursive ',
  ],
  ...[
    '| tojson',
    '| join',
    '| sort',
    '| length',
    '| items',
    '.content',
    '[::-1]',
    '| replace("a", "b")',
    '\ud800',
  ],
]
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 30 }),
  put: fc.constantFrom('', ...pieces),
})

test('edited templates', async () => {
  const seen = { read: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(chatml, gemma3, llama3, mistral, qwen3),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      async (template, edits) => {
        const source = edits.reduce((text, { at, drop, put }) => {
          const place = Math.floor(at * text.length)
          return text.slice(0, place) + put + text.slice(place + drop)
        }, template)
        try {
          const chat = await chatTemplate(await byteModel({ control: ['<s>'], bos: '<s>' }), {
            template: source,
          })
          chat.prompt([
            { role: 'system', content: 's' },
            { role: 'user', content: 'u' },
          ])
          seen.read++
        } catch (error) {
          if (!(error instanceof EngineError)) throw error
          seen.refused++
        }
      },
    ),
    { seed: 6, numRuns: 250 },
  )
  expect(seen.read).toBeGreaterThan(50)
  expect(seen.refused).toBeGreaterThan(50)
})

test('pieces of templates', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), async (parts) => {
      const template = `{{ 1 }}${parts.join('')}`
      try {
        ;(await chatTemplate(await byteModel(), { template })).prompt([{ role: 'user', content: 'u' }])
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError)
      }
    }),
    { seed: 7, numRuns: 250 },
  )
})
