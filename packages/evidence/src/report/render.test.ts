/** A report as a page and as Markdown: well formed, and whatever a name holds is text in it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Judgement } from '../judgement.ts'
import type { Receipt } from '../receipt.ts'
import { attemptOf, receiptOf } from '../testing/receipts.ts'
import { report } from './report.ts'
import { traffic } from './testing/traffic.ts'
import type { Report } from './types.ts'
import { reportHtml, reportMarkdown } from './written.ts'

const now = '2026-08-05T09:00:00.000Z'

async function sample(): Promise<Report> {
  const { receipts, judgements, certificates } = traffic(1500)
  return report(receipts, { judgements: (id) => judgements.get(id) ?? [], certificates, now })
}

/** A report in which every text that can come from outside is made of `names`. */
async function named(names: readonly string[]): Promise<Report> {
  // Different ones, so that equal names do not change what there is to tell.
  const name = (i: number): string => `${names[i % names.length]!}${i}`
  const at = (i: number): string => new Date(Date.UTC(2026, 7, 1 + i)).toISOString()
  const receipts: Receipt[] = [
    receiptOf({
      id: 'a',
      at: at(0),
      task: name(0),
      user: '0123456789abcdef',
      model: name(1),
      avoidedUsd: 0.1,
      certificate: name(2),
      path: [
        { rule: 'place', value: name(3), threshold: null, then: name(4) },
        { rule: 'certificate', value: name(5), threshold: null, then: name(6) },
      ],
      prepared: {
        redacted: { [name(7)]: 1 },
        nameRecall: { recall: 0.9, measuredOn: name(8) },
        selected: null,
        compressed: null,
      },
    }),
    receiptOf({
      id: 'b',
      at: at(1),
      task: name(0),
      place: 'cloud',
      costUsd: 0.1,
      attempts: [attemptOf({ outcome: 'rejected' }), attemptOf({ place: 'cloud' })],
      signals: [{ name: name(9), value: 0, threshold: 1, pass: false }],
    }),
    receiptOf({
      id: 'c',
      at: at(2),
      task: name(0),
      place: null,
      error: name(10),
      attempts: [attemptOf({ outcome: 'failed', code: name(11) })],
    }),
  ]
  const judged: Judgement = { receiptId: 'a', at: now, by: 'shadow', device: 0, cloud: 1, shadow: null }
  const { certificates } = traffic(0)
  const given = {
    ...certificates[0]!,
    id: name(12),
    task: name(13),
    bar: { signal: name(14), threshold: 1, combination: null },
  }
  return report(receipts, {
    now,
    task: name(0),
    certificates: [given],
    judgements: (id) => (id === 'a' ? [judged] : []),
  })
}

const TAG = /<(\/?)([a-zA-Z!][\w-]*)((?:\s+[\w:-]+="[^"<>]*"|\s+html)*)\s*(\/?)>/y
const VOID = new Set(['!doctype', 'meta'])

/** The tags of a page, in order, with the names of their attributes. Throws where `<` begins none, or one is not closed. */
function tags(page: string): string[] {
  const found: string[] = []
  const open: string[] = []
  for (let at = page.indexOf('<'); at >= 0; at = page.indexOf('<', TAG.lastIndex)) {
    TAG.lastIndex = at
    const match = TAG.exec(page)
    if (match === null) throw new Error(`no tag: ${page.slice(at, at + 60)}`)
    const [, end, name, attributes, closed] = match
    if (end === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else if (!VOID.has(name!) && closed === '') open.push(name!)
    found.push(`${end}${name} ${attributes!.replace(/="[^"]*"/g, '')}`)
    TAG.lastIndex = match.index + match[0].length
  }
  if (open.length > 0) throw new Error(`not closed: ${open}`)
  return found
}

const cells = (markdown: string): number[] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/\\./g, '').split('|').length)

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' style='position:fixed",
  '</style></title></svg><svg onload=alert(1)>',
  '](javascript:alert(1)) | **x** | `y`',
  'a\u202Egnp.exe\u0007\u001b[2J\nnext # line',
  '&lt;b&gt; &amp; \\| \\',
  '![](http://evil.example/x.png) www.evil.example <!-- ',
]
const names = fc.array(
  fc.oneof(
    fc.constantFrom(...hostile),
    fc.string({ unit: fc.constantFrom(...'<>"\'&|\\`*_[]()#!~:/= \n\u0000\u202e-x') }),
    fc.string({ unit: 'binary' }),
  ),
  { minLength: 15, maxLength: 15 },
)

test('the page is well formed, and so are its plots; it asks for nothing', async () => {
  const page = reportHtml(await sample())
  const found = tags(page)
  expect(found.filter((tag) => tag.startsWith('svg')).length).toBeGreaterThan(5)
  expect(found.filter((tag) => /^(script|link|img|iframe|object|form|base) /.test(tag))).toEqual([])
  expect(page).toContain('default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;')
  expect(page).not.toMatch(/url\(|@import|(?:src|href)="(?!#)/)
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
})

test('whatever names hold, the page has the tags it has for harmless ones, and Markdown the same cells', async () => {
  const harmless = await named(['intent'])
  const shape = tags(reportHtml(harmless))
  const table = cells(reportMarkdown(harmless))
  await fc.assert(
    fc.asyncProperty(names, async (names) => {
      const made = await named(names)
      expect(tags(reportHtml(made))).toEqual(shape)
      const markdown = reportMarkdown(made)
      expect(cells(markdown)).toEqual(table)
      expect(markdown).not.toMatch(/[<>]|:\/\/|\bwww\./)
      // No control characters, nothing that turns the direction of reading.
      for (const text of [markdown, reportHtml(made)])
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u)
    }),
    { numRuns: 60 },
  )
})

test('a user is in none of them', async () => {
  const made = await named(['intent'])
  for (const text of [JSON.stringify(made), reportHtml(made), reportMarkdown(made)])
    expect(text).not.toContain('0123456789abcdef')
})

test('a name is on the page as it is, escaped once', async () => {
  const made = await named(['a <b> & "c"'])
  expect(reportHtml(made)).toContain('<bdi>a &lt;b&gt; &amp; &quot;c&quot;0</bdi>')
  expect(reportMarkdown(made)).toContain('| a &lt;b&gt; &amp; "c"0 |')
})

test('the sentences: what is unknown is said, and nothing of it is 0', async () => {
  const first = (markdown: string): string => markdown.split('\n\n')[3]!
  const told = async (...receipts: Partial<Receipt>[]): Promise<string> =>
    first(
      reportMarkdown(
        await report(
          receipts.map((one, i) => receiptOf({ id: `${i}`, ...one })),
          { now },
        ),
      ),
    )
  expect(await told()).toBe('No call is in this window.')
  expect(await told({ rehearsal: true })).toBe('No call is in this window. 1 rehearsal is left out.')
  expect(await told({})).toBe(
    "On 5 Aug 2026, 1 call came in: the device answered 100 %. It cost $0; what the cloud alone would have cost is unknown. Nothing left the device. Half of the device's answers began within 4.1 ms. How good the answers were was not looked at.",
  )
  expect(await told({ place: 'cloud', costUsd: null, bytesOut: 20_000 })).toContain(
    'What it cost nobody knows: the policy names no price.',
  )
  expect(
    await told({ avoidedUsd: 0.3 }, { place: 'cloud', costUsd: 0.1, avoidedUsd: 0, bytesOut: 20_000 }),
  ).toMatch(
    /cost \$0\.10 where the cloud alone would have cost \$0\.40: a cut of 75\.0 % \(95 % interval 0 to 100 %\)\. For 50\.0 % of the calls nothing left the device; to answer the others 20\.0 kB did\./,
  )
  // A race that lost more than the cloud alone would have cost.
  expect(await told({ costUsd: 0.3, avoidedUsd: -0.1 })).toContain('more by 50.0 %')
})
