/** A document as a page, as Markdown and as lines: every kind of block, marks that lead somewhere, whatever texts hold. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Document } from './document.ts'
import { documentHtml } from './html.ts'
import { documentMarkdown } from './markdown.ts'
import { documentText } from './text.ts'

const sample = (name = 'a name'): Document => ({
  name,
  title: name,
  subtitle: name,
  sections: [
    {
      id: 'first',
      title: name,
      lead: name,
      blocks: [
        { kind: 'list', items: [name, { text: '28 ms', mark: '1.2' }], tone: 'warn' },
        {
          kind: 'figures',
          figures: [{ label: name, value: { text: '28 ms', mark: '1.2' }, note: name, tone: 'device' }],
        },
        {
          kind: 'table',
          caption: name,
          columns: [
            { head: name, align: 'left' },
            { head: 'ms', align: 'right' },
          ],
          rows: [[name, { text: '28 ms (20 to 40)', mark: '1.2' }]],
          marks: ['S1'],
        },
      ],
    },
    {
      id: 'how',
      title: 'How',
      lead: '',
      blocks: [
        {
          kind: 'steps',
          mark: '1',
          caption: name,
          steps: [
            { mark: '1.1', what: name, formula: `1 + 1 of ${name}`, value: '2', from: [] },
            {
              mark: '1.2',
              what: name,
              formula: '2 x 14',
              value: '28 ms',
              from: [{ text: name, mark: 'S1' }, name],
            },
          ],
        },
        {
          kind: 'dots',
          tones: ['device'],
          chart: {
            title: name,
            axis: { label: name },
            names: [name],
            rows: [{ label: name, dot: { series: 0, value: 1, low: 0, high: 2 } }],
          },
        },
      ],
    },
    {
      id: 'file',
      title: 'File',
      lead: '',
      blocks: [{ kind: 'code', caption: name, text: `version: 1\n# ${name}\n` }],
    },
  ],
})

test('a number leads to its step and a step to its row, on the page; on paper and in Markdown by its mark', () => {
  const page = documentHtml(sample())
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  const links = [...page.matchAll(/<a class="to" href="#([^"]+)" data-mark="([^"]+)">([^<]*)</g)]
  expect(links.map(([, , mark, text]) => [mark, text])).toEqual([
    ['1.2', '28\u00a0ms'],
    ['1.2', '28\u00a0ms'],
    ['1.2', '28\u00a0ms'],
    ['S1', 'a name'],
  ])
  for (const [, to] of links) expect(ids).toContain(to)
  const markdown = documentMarkdown(sample())
  expect(markdown).toContain('- a name\n- 28 ms \\[1.2\\]\n')
  expect(markdown).toContain('**28 ms** \\[1.2\\] (a name)')
  expect(markdown).toContain('| \\[S1\\] a name | 28 ms (20 to 40) \\[1.2\\] |')
  expect(markdown).toContain('- \\[1.2\\] **a name**: 2 x 14 = 28 ms; from a name \\[S1\\]; a name')
})

test('a file keeps its lines, and cannot end the block it is in', () => {
  const evil = 'a\n```\n<b>\u202e</code></pre>\u0007'
  const file = (text: string): Document => ({
    ...sample(),
    sections: [{ id: 'file', title: 'File', lead: '', blocks: [{ kind: 'code', caption: 'c', text }] }],
  })
  expect(documentHtml(file(evil))).toContain('<code>a\n```\n&lt;b&gt;&lt;/code&gt;&lt;/pre&gt;</code>')
  expect(documentMarkdown(file(evil))).toContain('````\na\n```\n<b></code></pre>\n````\n')
  expect(documentText(file(evil), { width: 80 })).toContain('a\n```\n<b>?</code></pre>?')
})

test('on a terminal: no derivations, no sections of nothing else, nothing that steers it', () => {
  const lines = documentText(sample('x\u001b[2J\u202e'), { width: 40, strong: (text) => `*${text}*` })
  expect(lines).toContain('- x?[2J?\n- 28 ms')
  expect(lines).toContain('*28 ms*')
  expect(lines).toContain('28 ms (20 to 40)')
  expect(lines).not.toContain('How')
  expect(lines).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
})

test('whatever a name holds, the page has the tags it has for a harmless one', () => {
  const shape = (page: string): string[] => [...page.matchAll(/<\/?[a-z][^\s>]*/gi)].map(([tag]) => tag)
  const harmless = shape(documentHtml(sample()))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constantFrom(
          '<script>alert(1)</script>',
          '"><img src=x onerror=alert(1)>',
          '</style></svg><svg onload=a>',
        ),
        fc.string({ unit: 'binary', minLength: 1 }),
      ),
      // A name of one kind of text: not empty, where what is empty is left out.
      (name) => {
        expect(shape(documentHtml(sample(`n ${name}`)))).toEqual(harmless)
      },
    ),
    { numRuns: 60 },
  )
})
