/** A verdict as a page: every number leads to how it was made, whatever names hold is text, and what nobody knows is said. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Verdict } from '../decide/types.ts'
import { facts } from '../facts/facts.ts'
import { sampleVerdict } from './testing/sample-verdict.ts'
import { verdictDocument, verdictHtml, verdictMarkdown } from './verdict-document.ts'

const verdict = sampleVerdict()
const page = verdictHtml(verdict, facts)
const markdown = verdictMarkdown(verdict, facts)

/** What is no number, and no text. */
const broken = (told: string): string | null => /NaN|Infinity|undefined|\[object/.exec(told)?.[0] ?? null

const sectionOf = (html: string, id: string): string =>
  new RegExp(`<section id="${id}">([\\s\\S]*?)</section>`).exec(html)![1]!

test('the page asks for nothing, runs nothing, and every link leads to a place that is there once', () => {
  expect(page).toContain('default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;')
  expect(page).not.toMatch(/<(script|link|img|iframe|object|form|base)\b|url\(|@import|(?:src|href)="(?!#)/)
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, to]) => to)
  expect(links.length).toBeGreaterThan(60)
  for (const to of links) expect(ids).toContain(to)
})

test('the answer comes first, then the sections that a meeting needs', () => {
  expect(verdictDocument(verdict, facts).sections.map(({ id }) => id)).toEqual([
    'summary',
    'questions',
    'options',
    'speed',
    'money',
    'change',
    'policy',
    'how',
    'sources',
    'definitions',
  ])
  expect(markdown).toMatch(
    /^# Edgewise: verdict on Smart reply\n\n.*\n\n## The verdict\n\nThe device answers/,
  )
})

test('a number leads to the step that makes it: an option, a prediction, a price', () => {
  const how = sectionOf(page, 'how')
  const stepOf = (text: string, section: string): string => {
    const [, id] = new RegExp(`href="#([^"]+)"[^>]*>${text}<`).exec(sectionOf(page, section))!
    return new RegExp(`id="${id!.replace('.', '\\.')}">([\\s\\S]*?)</li>`).exec(how)![1]!
  }
  expect(stepOf('\\$2,450', 'options')).toContain('$2,333 engineering + $117 downloads')
  expect(stepOf('77\u00a0%', 'options')).toContain('0.38 + 0.27 + 0.12 of the fleet')
  const { decodeTps } = verdict.predictions[0]!
  expect(stepOf(`${Math.round(decodeTps.value)}`, 'speed')).toMatch(/\(0\.61\sGB.*60\sGB\/s/)
  expect(stepOf(`${Math.round(decodeTps.value)}`, 'speed')).toMatch(/href="#m-S\d+"[^>]*>iphone-16</)
  const sources = sectionOf(page, 'sources')
  expect(sources).toContain('$0.05 a million tokens in')
  expect(sources).toContain('2026-08-05')
})

test('pictures: a dot for each device and the cloud, a roof for each device, a curve for each option', () => {
  const speed = sectionOf(page, 'speed')
  expect(speed).toMatch(/aria-label="To the first token, by device\. iPhone 16 .* gpt-5-nano 520 ms"/)
  expect(speed.match(/<path /g)).toHaveLength(verdict.fleet.length)
  expect(sectionOf(page, 'money').match(/<path /g)).toHaveLength(verdict.options.length)
  expect(sectionOf(page, 'money')).toContain('today, 6 M')
  expect(broken(page)).toBeNull()
  expect(broken(markdown)).toBeNull()
})

const emptied: Verdict = {
  ...verdict,
  answer: 'none',
  leans: 'none',
  segments: [],
  options: [],
  firings: [],
  flips: [],
  settle: null,
  predictions: [],
  breakEvenCallsPerMonth: null,
  warnings: [],
}

test('a verdict of which little is known is a page all the same', () => {
  for (const told of [verdictHtml(emptied, facts), verdictMarkdown(emptied, facts)]) {
    expect(told).toContain('At no volume')
    expect(told).toContain('No single change')
    expect(broken(told)).toBeNull()
  }
  expect(verdictHtml(emptied, facts)).toContain('<h1>Smart reply: nothing that is allowed</h1>')
  const noFacts = { ...facts, devices: [], models: [], prices: [] }
  expect(broken(verdictHtml(verdict, noFacts))).toBeNull()
  const uncertain: Verdict = { ...verdict, answer: 'uncertain' }
  expect(verdictHtml(uncertain, facts)).toContain('<h1>Smart reply: uncertain, leaning to hybrid</h1>')
  expect(verdictHtml(uncertain, facts)).toContain('Hybrid (leaning)')
})

test('volumes far from the break-even are drawn on logarithmic axes, and none of them breaks a picture', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, 1e3, 1e12),
      fc.constantFrom(0, 1, 1e3, 1e12, null),
      (callsPerMonth, even) => {
        const volume = { ...verdict.useCase.volume, callsPerMonth }
        const told = verdictHtml(
          {
            ...verdict,
            useCase: { ...verdict.useCase, volume },
            breakEvenCallsPerMonth: even === null ? null : { value: even, low: even, high: even, level: 1 },
          },
          facts,
        )
        expect(broken(told)).toBeNull()
        const isFar = even !== null && callsPerMonth > 0 && even > 0 && callsPerMonth !== even
        expect(told.includes('calls a month, logarithmic')).toBe(isFar)
      },
    ),
  )
})

test('of many kinds of devices those of the most users are shown, and it is said', () => {
  const fleet = facts.devices
    .slice(0, 50)
    .map(({ id }) => ({ device: id, share: 0.02, runtime: 'llama.cpp', backend: 'cpu' as const }))
  const [sample] = verdict.predictions
  const predictions = fleet.map(({ device }) => ({
    ...sample!,
    setting: { ...sample!.setting, device, backend: 'cpu' as const },
  }))
  const told = verdictHtml({ ...verdict, fleet, predictions }, facts)
  expect(told).toContain('Of 50 kinds of devices, those of the most users are shown')
  expect(told.length).toBeLessThan(300_000)
})

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</style></title></svg><svg onload=alert(1)>',
  '](javascript:alert(1)) | **x** | `y` www.evil.example <!-- ',
  'a\u202Egnp.exe\u0007\u001b[2J\nnext # line',
  '&lt;b&gt; &amp; \\| \\',
]

test('whatever a name holds, the page has the tags it has for a harmless one, and Markdown the same cells', () => {
  const shape = (html: string): string[] => [...html.matchAll(/<\/?[a-z][^\s>]*/gi)].map(([tag]) => tag)
  const cells = (text: string): number[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replace(/\\./g, '').split('|').length)
  const [tags, columns] = [shape(page), cells(markdown)]
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), (name) => {
      // Of its own, so that it is the name of nothing else.
      const made = sampleVerdict(`a ${name} z`)
      const html = verdictHtml(made, facts)
      expect(shape(html)).toEqual(tags)
      const text = verdictMarkdown(made, facts)
      expect(cells(text)).toEqual(columns)
      // The policy is a file: nothing in a fence is Markdown.
      expect(text.replace(/^(`{3,})\n[\s\S]*?\n\1$/m, '')).not.toMatch(/[<>]|:\/\/|\bwww\./)
      for (const told of [text, html]) expect(told).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u)
    }),
    { numRuns: 50 },
  )
})
