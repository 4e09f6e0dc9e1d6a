/** A verdict in forty lines: the answer first, whatever there is to tell. */
import { documentText } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import type { Verdict } from '../decide/types.ts'
import { verdictBrief } from './brief.ts'
import { sampleVerdict } from './testing/sample-verdict.ts'

const printed = (verdict: Verdict, width = 110): readonly string[] =>
  documentText(verdictBrief(verdict), { width }).split('\n')

test('the answer, the options, who is served how, what would change it, what next', () => {
  const lines = printed(sampleVerdict())
  expect(lines[0]).toBe('Smart reply: hybrid')
  expect(lines[3]).toMatch(/^The device answers 70 % of the calls/)
  const told = lines.join('\n')
  expect(told).toMatch(/users in time +77 % \(50 to 92 %\) +93 % \(81 to 97 %\) +40 % \(30 to 55 %\)/)
  expect(told).toMatch(/hybrid +77 % +iphone-16, galaxy-s24 and m1/)
  expect(told).toMatch(/callsPerMonth +6,000,000 +310,000 +cloud/)
  expect(told).toContain('Run gemma-3-1b on a Pixel 6a')
  expect(lines.length).toBeLessThanOrEqual(40)
})

test('forty lines are enough for a verdict that has much to tell', () => {
  const sample = sampleVerdict()
  const times = <Item>(item: Item, count: number): Item[] => Array.from({ length: count }, () => item)
  const long: Verdict = {
    ...sample,
    answer: 'uncertain',
    segments: times(sample.segments[0]!, 30),
    flips: times(sample.flips[0]!, 30),
    warnings: times(
      'The cloud is assumed to take 500 ms to its first word: measure it from where users are.',
      30,
    ),
  }
  const lines = printed(long)
  expect(lines.length).toBeLessThanOrEqual(40)
  const told = lines.join('\n')
  expect(lines[0]).toBe('Smart reply: uncertain, leaning to hybrid')
  expect(told).toContain('(25 more in the JSON)')
  expect(told).toContain('And 28 more, which the page has.')
})

test('of which nothing is known, it is short', () => {
  const sample = sampleVerdict()
  const lines = printed({
    ...sample,
    answer: 'none',
    leans: 'none',
    segments: [],
    options: [],
    flips: [],
    settle: null,
    warnings: [],
  })
  expect(lines.length).toBeLessThan(18)
  expect(lines.join('\n')).not.toMatch(/NaN|undefined/)
})
