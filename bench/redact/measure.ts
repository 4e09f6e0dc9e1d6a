/**
 * Precision and recall of what is hidden before a call leaves, by type: rules alone, the model's names alone, both. Rules on all
 * labelled sentences; the model and both on those whose frames it was not trained on.
 *
 *     cd bench && npm run redact [-- --misses]
 *
 * Recall: labelled spans of which every letter and digit is hidden, by whatever type. Precision: found spans that overlap a label
 * of their type. `--misses` prints what was missed and what was hidden wrongly, for those who mend rules.
 */
import { argv } from 'node:process'
import { loadMini } from '@edgewise/mini'
import { combine, findIdentifiers, type Span } from '@edgewise/redact'
import { miniNames } from '../../packages/edgewise/src/prepare/redact/mini-names.ts'
import { type Item, presidioItems, wnutItems } from './items.ts'

interface Read {
  readonly item: Item
  readonly rules: readonly Span[]
  readonly model: readonly Span[]
  readonly both: readonly Span[]
}
type Finder = 'rules' | 'model' | 'both'

const nameTypes = ['PERSON', 'ADDRESS', 'ORGANIZATION']

using mini = await loadMini()
const names = miniNames(mini as never)
const items = [...(await presidioItems()), ...(await wnutItems())]
const read: Read[] = []
for (const item of items) {
  const rules = findIdentifiers(item.text)
  const model = item.heldBack ? await names.find(item.text) : []
  read.push({ item, rules, model, both: combine(item.text, rules, model) })
}
const heldBack = read.filter(({ item }) => item.heldBack)
const count = (source: string, part: readonly Read[]) =>
  part.filter(({ item }) => item.source === source).length

console.log(
  `Rules: ${count('presidio', read)} sentences of presidio, ${count('wnut17', read)} of WNUT 2017 dev.\n`,
)
table(
  ['type', 'labelled', 'recall', 'precision', 'found'],
  typesOf(read, 'rules')
    .filter((type) => !nameTypes.includes(type))
    .map((type) => [type, ...row(read, 'rules', type)]),
)
console.log(
  `\nNames: ${count('presidio', heldBack)} held-back sentences of presidio, ${count('wnut17', heldBack)} of WNUT 2017 dev.\n`,
)
table(
  ['what', 'labelled words', 'rules', 'model', 'both', 'spans labelled', 'both: recall', 'both: precision'],
  ['presidio', 'wnut17', 'both sets'].flatMap((source) => {
    const part = source === 'both sets' ? heldBack : heldBack.filter(({ item }) => item.source === source)
    return [...nameTypes, nameTypes.join()].map((type) => {
      const types = type.split(',')
      const [labelled, recall, precision] = row(part, 'both', ...types)
      const words = (['rules', 'model', 'both'] as const).map((finder) => wordRecall(part, finder, types))
      const what = `${types.length > 1 ? '**all**' : type}, ${source}`
      return [
        what,
        String(words[0]!.words),
        ...words.map(({ share }) => percent(share)),
        labelled!,
        recall!,
        precision!,
      ]
    })
  }),
)
const others = wordsWrong(heldBack)
console.log(`\nOther words hidden: ${percent(others.rules)} by rules, ${percent(others.both)} by both.`)
if (argv.includes('--misses')) misses()

function typesOf(part: readonly Read[], finder: Finder): string[] {
  const found = part.flatMap((one) => one[finder].map(({ type }) => type))
  const labelled = part.flatMap(({ item }) => item.spans.map(({ type }) => type))
  return [...new Set([...found, ...labelled])].sort()
}

/** Labelled, recall, precision, found. */
function row(part: readonly Read[], finder: Finder, ...types: readonly string[]): string[] {
  let [labelled, hidden, found, right] = [0, 0, 0, 0]
  for (const one of part) {
    const wanted = one.item.spans.filter(({ type }) => types.includes(type))
    const given = one[finder].filter(({ type }) => types.includes(type))
    labelled += wanted.length
    hidden += wanted.filter((span) => isHidden(one.item.text, span, one[finder])).length
    found += given.length
    right += given.filter((span) =>
      wanted.some((other) => span.start < other.end && other.start < span.end),
    ).length
  }
  return [
    String(labelled),
    labelled === 0 ? '' : percent(hidden / labelled),
    found === 0 ? '' : percent(right / found),
    String(found),
  ]
}

function isHidden(text: string, { start, end }: Span, by: readonly Span[]): boolean {
  for (let at = start; at < end; at++) {
    if (/[\p{L}\p{N}]/u.test(text[at]!) && !by.some((span) => span.start <= at && at < span.end)) return false
  }
  return true
}

function wordRecall(
  part: readonly Read[],
  finder: Finder,
  types: readonly string[],
): { words: number; share: number } {
  let [words, hidden] = [0, 0]
  for (const one of part) {
    const wanted = one.item.spans.filter(({ type }) => types.includes(type))
    for (const word of wordsOf(one.item.text)) {
      if (!wanted.some((span) => span.start <= word.start && word.end <= span.end)) continue
      words++
      hidden += Number(isHidden(one.item.text, word, one[finder]))
    }
  }
  return { words, share: hidden / Math.max(1, words) }
}

/** The share of words without a label that are hidden, in part or whole. */
function wordsWrong(part: readonly Read[]): { rules: number; both: number } {
  const wrong = { rules: 0, both: 0 }
  let words = 0
  for (const one of part) {
    for (const word of wordsOf(one.item.text)) {
      const over = (spans: readonly Span[]) =>
        spans.some((span) => span.start < word.end && word.start < span.end)
      if (over(one.item.spans)) continue
      words++
      wrong.rules += Number(over(one.rules))
      wrong.both += Number(over(one.both))
    }
  }
  return { rules: wrong.rules / words, both: wrong.both / words }
}

function wordsOf(text: string): Span[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    type: '',
    start: index,
    end: index + word.length,
  }))
}

function misses(): void {
  for (const { item, rules } of read) {
    const show = (span: Span) =>
      item.text.slice(Math.max(0, span.start - 40), span.end + 20).replace(/\s+/g, ' ')
    for (const span of item.spans) {
      const isName = nameTypes.includes(span.type)
      if (!isName && !isHidden(item.text, span, rules)) console.log(`missed ${span.type}: ${show(span)}`)
    }
    for (const span of rules) {
      const isRight = item.spans.some((other) => span.start < other.end && other.start < span.end)
      if (!isRight) console.log(`wrong ${span.type}: ${show(span)}`)
    }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const cells of [head, head.map(() => '---'), ...rows]) console.log(`| ${cells.join(' | ')} |`)
}
