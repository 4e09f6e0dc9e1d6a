/**
 * How well rules find structured identifiers, by family: drawn in the formats of some ninety issuers and set into frames
 * (synthetic/), drawn by Faker for its locales (--values, a file of faker_values.py), labelled in presidio's sentences; and what they
 * find where nothing is. None of it knows the rules.
 *
 *     cd bench && npm run redact:identifiers [-- --values values.jsonl] [--unseen] [--misses] [--seed 1]
 *
 * Recall: labelled spans of which every letter and digit is hidden. Precision: found spans that overlap a labelled one, over the same
 * sentences and the lines without identifiers. `--unseen` takes the frames that no rule was mended with.
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { findIdentifiers, type Span } from '@edgewise/redact'
import { presidioItems } from './items.ts'
import { type Made, madeItems, madeNegatives, placed, type Value } from './synthetic/items.ts'

const { values: options } = parseArgs({
  options: {
    values: { type: 'string' },
    unseen: { type: 'boolean', default: false },
    misses: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    each: { type: 'string', default: '40' },
  },
})
const seed = Number(options.seed)
const part = options.unseen ? 'unseen' : 'seen'
const made = madeItems(part, Number(options.each), seed)
if (options.values !== undefined) {
  const lines = (await readFile(options.values, 'utf8')).trim().split('\n')
  made.push(
    ...placed(
      lines.map((line) => JSON.parse(line) as Value),
      part,
      seed,
    ),
  )
}

interface Count {
  labelled: number
  hidden: number
  found: number
  wrong: number
}
const counts = new Map<string, Count>()
const kinds = new Map<string, Count>()
const countOf = (of: Map<string, Count>, key: string): Count => {
  const known = of.get(key)
  if (known) return known
  const fresh = { labelled: 0, hidden: 0, found: 0, wrong: 0 }
  of.set(key, fresh)
  return fresh
}

for (const item of made) {
  const spans = findIdentifiers(item.text)
  const hidden = isHidden(item.text, item, spans)
  const wrong = spans.filter((span) => span.end <= item.start || item.end <= span.start)
  for (const count of [countOf(counts, item.family), countOf(kinds, `${item.family} ${item.kind}`)]) {
    count.labelled++
    count.hidden += Number(hidden)
    count.found += spans.length
    count.wrong += wrong.length
  }
  if (options.misses && !hidden)
    console.log(`missed ${item.kind}: ${shown(item)}  ${JSON.stringify(spans.map((s) => s.type))}`)
  if (options.misses)
    for (const span of wrong)
      console.log(
        `wrong ${span.type} in ${item.kind}: ${JSON.stringify(item.text.slice(Math.max(0, span.start - 20), span.end + 9))}`,
      )
}
console.log(`${made.length} drawn sentences, frames ${part}, seed ${seed}\n`)
table(counts)
const weak = [...kinds].filter(([, { labelled, hidden }]) => hidden < 0.98 * labelled)
if (weak.length > 0)
  console.log(
    `\nKinds below 98 %: ${weak.map(([kind, { labelled, hidden }]) => `${kind} ${hidden}/${labelled}`).join(', ')}`,
  )

const lines = madeNegatives(Number(options.each), seed)
const byType = new Map<string, number>()
let touched = 0
for (const text of lines) {
  const spans = findIdentifiers(text)
  touched += Number(spans.length > 0)
  for (const { type, start, end } of spans) {
    byType.set(type, (byType.get(type) ?? 0) + 1)
    if (options.misses)
      console.log(
        `false ${type}: ${JSON.stringify(text.slice(Math.max(0, start - 30), end + 9))} ${text.slice(start, end)}`,
      )
  }
}
console.log(
  `\n${lines.length} lines without identifiers, ${touched} of them with a find: ${[...byType].map(([type, n]) => `${type} ${n}`).join(', ')}`,
)

const structured = [
  'CREDIT_CARD',
  'EMAIL_ADDRESS',
  'IBAN_CODE',
  'IP_ADDRESS',
  'PHONE_NUMBER',
  'US_SSN',
  'US_DRIVER_LICENSE',
]
const ofPresidio = new Map<string, Count>()
for (const { text, spans: labels } of await presidioItems()) {
  const spans = findIdentifiers(text)
  for (const label of labels.filter(({ type }) => structured.includes(type))) {
    const count = countOf(ofPresidio, label.type)
    count.labelled++
    count.hidden += Number(isHidden(text, label, spans))
  }
  for (const span of spans) {
    const count = countOf(ofPresidio, span.type)
    count.found++
    const right = labels.some((label) => label.start < span.end && span.start < label.end)
    count.wrong += Number(!right)
    if (options.misses && !right)
      console.log(`false ${span.type} in presidio: ${text.slice(Math.max(0, span.start - 30), span.end + 9)}`)
  }
}
console.log('\npresidio, all sentences\n')
table(ofPresidio)

function isHidden(
  text: string,
  { start, end }: { start: number; end: number },
  by: readonly Span[],
): boolean {
  for (let at = start; at < end; at++) {
    if (/[\p{L}\p{N}]/u.test(text[at]!) && !by.some((span) => span.start <= at && at < span.end)) return false
  }
  return true
}

function shown({ text, start, end }: Made): string {
  return JSON.stringify(
    `${text.slice(Math.max(0, start - 40), start)}[${text.slice(start, Math.min(end, start + 60))}]${text.slice(end, end + 20)}`,
  )
}

function table(of: ReadonlyMap<string, Count>): void {
  console.log('| family | labelled | recall | precision |\n| --- | --- | --- | --- |')
  const all = countOf(new Map(), 'all')
  for (const [family, count] of of) {
    for (const key of ['labelled', 'hidden', 'found', 'wrong'] as const) all[key] += count[key]
    row(family, count)
  }
  row('**all**', all)
}

function row(name: string, { labelled, hidden, found, wrong }: Count): void {
  const share = (a: number, b: number) => (b === 0 ? '' : `${((a / b) * 100).toFixed(1)} %`)
  console.log(`| ${name} | ${labelled} | ${share(hidden, labelled)} | ${share(found - wrong, found)} |`)
}
