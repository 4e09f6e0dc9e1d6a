/**
 * The whole way on a few dozen texts: a student of one layer learns two labels from a teacher that is never shown a gold label, the report has its
 * five rows, and the same seed gives the same file.
 */
import { readFile } from 'node:fs/promises'
import { documentHtml, documentMarkdown, documentText, seededRandom } from '@edgewise/evidence'
import { beforeAll, describe, expect, test } from 'vitest'
import { distilDocument } from '../report/document.ts'
import { answerOf, exampleOf } from '../testing/answers.ts'
import { distil } from './distil.ts'
import { DISTIL_DEFAULTS, type Distilled, type DistilOptions } from './options.ts'
import { Student } from './student.ts'

const base = new Uint8Array(
  await readFile(new URL('../../../../models/mini/edgewise-mini.gguf', import.meta.url)),
)
const words = {
  card_arrival: [
    'where is my card',
    'has my card come',
    'card still not here',
    'when does the card arrive',
    'track the card',
  ],
  exchange_rate: [
    'what is the rate',
    'euro to dollar rate',
    'how do you convert money',
    'exchange of pounds',
    'currency price',
  ],
}
const tails = [
  'please',
  'today',
  'now',
  'for me',
  'again',
  'this week',
  'thanks',
  'if possible',
  'quickly',
  'soon',
  'at home',
  'abroad',
]

/** Every second tail is of the test set; a teacher that is wrong once in ten. */
const random = seededRandom(5)
const all = Object.entries(words).flatMap(([label, texts]) =>
  texts.flatMap((text) => tails.map((tail, i) => ({ text: `${text} ${tail}`, label, isTest: i % 2 === 1 }))),
)
const wrong = (label: string): string =>
  random() < 0.1 ? Object.keys(words).find((other) => other !== label)! : label
const trained = all.filter(({ isTest }) => !isTest)
const tested = all.filter(({ isTest }) => isTest)

const options: DistilOptions = {
  ...DISTIL_DEFAULTS,
  task: 'banking',
  name: 'banking-student',
  teacher: { name: 'teacher', terms: { allowed: 'allowed', note: 'ours', at: '2026-08-05T00:00:00Z' } },
  answers: trained.map(({ text, label }, i) =>
    answerOf({ id: `a${i}`, text, answer: wrong(label), teacher: 'teacher' }),
  ),
  test: tested.map(({ text, label }, i) => exampleOf({ id: `t${i}`, text, target: label, row: i + 1 })),
  testAnswers: tested.map(({ text, label }, i) =>
    answerOf({ id: `t${i}`, text, answer: wrong(label), teacher: 'teacher' }),
  ),
  seeds: trained
    .slice(0, 3)
    .concat(trained.slice(-3))
    .map(({ text, label }, i) => exampleOf({ id: `s${i}`, text, target: label, from: 'seed' })),
  labels: Object.keys(words),
  base,
  sizes: [{ name: 'one layer', layers: 1 }],
  filter: { agreement: 0.75, near: 0.95 },
  training: { epochs: 4, leaveOut: 0.1, batchTokens: 128, rate: 2e-3, seed: 3, threads: 1 },
  at: '2026-08-05T09:00:00.000Z',
}

describe('distilled', () => {
  let made: Distilled
  beforeAll(async () => {
    made = await distil(options)
  })

  test('the student runs in the engine at once, and has learned', async () => {
    using student = await Student.open(made.student)
    expect(student.labels).toEqual(options.labels)
    const right = made.report.rows.find(({ who }) => who === 'student')!
    expect(right.accuracy!.value).toBeGreaterThan(0.85)
    expect((await student.answer('where is my card please')).text).toBe('card_arrival')
  })

  test('five rows on the same items, each with its interval', () => {
    const { rows, versus, data } = made.report
    expect(rows.map(({ who }) => who)).toEqual(['teacher', 'student', 'twin', 'linear', 'majority'])
    for (const { of, accuracy, missing } of rows) {
      expect(of).toBe(data.test)
      expect(missing).toBeNull()
      expect(accuracy!.low).toBeLessThanOrEqual(accuracy!.value)
      expect(accuracy!.high).toBeGreaterThanOrEqual(accuracy!.value)
    }
    expect(rows.at(-1)!.accuracy!.value).toBe(0.5)
    const [teacher, student, twin] = rows
    expect(teacher!.usd).toBeCloseTo(0.001 * options.test.length, 9)
    expect(student!.usd).toBeCloseTo(0.001 * options.answers.length, 9)
    expect(student!.flops).toBe(6 * made.report.student.parameters * student!.tokens!)
    // The twin takes the steps of the student: its few texts over and over.
    expect(Math.abs(twin!.tokens! / student!.tokens! - 1)).toBeLessThan(0.01)
    expect(versus.linear!.difference.value).toBeCloseTo(
      student!.accuracy!.value - rows[3]!.accuracy!.value,
      12,
    )
  })

  test('the same seed gives the same file and figures, whatever the clock says', async () => {
    const again = await distil(options)
    expect(Buffer.from(again.student).equals(made.student)).toBe(true)
    const timeless = ({ report }: Distilled) =>
      JSON.stringify(report, (key, value) => (key === 'seconds' || key === 'medianMs' ? 0 : value))
    expect(timeless(again)).toBe(timeless(made))
  })

  test('the page says the same in each form, and no number is none', () => {
    const document = distilDocument(made.report)
    const [text, markdown, html] = [
      documentText(document, { width: 110 }),
      documentMarkdown(document),
      documentHtml(document),
    ]
    for (const page of [text, markdown, html]) {
      expect(page).not.toMatch(/NaN|Infinity|undefined/)
      expect(page).toContain('no-teacher twin')
      expect(page).toContain('from nothing')
    }
    expect(text).toContain(made.report.verdict.sentence.slice(0, 30))
    expect(JSON.stringify(made.report)).not.toMatch(/NaN|Infinity/)
  })
})

test('the twin takes the steps of the student, whether its texts are more and longer or fewer and shorter', async () => {
  const long = trained.map(({ text, label }, i) =>
    exampleOf({ id: `s${i}`, text: `${text} ${'and so on '.repeat(4)}`, target: label, from: 'seed' }),
  )
  const short = long.slice(0, 40).map((one, i) => ({ ...one, text: `${'abcdefgh'[i % 8]} ${i}` }))
  for (const seeds of [long, [...short.slice(0, 3), { ...short[3]!, target: 'exchange_rate' }]]) {
    const { report } = await distil({ ...options, seeds })
    const [, student, twin] = report.rows
    expect(Math.abs(twin!.tokens! / student!.tokens! - 1)).toBeLessThan(0.01)
  }
})

test('a split by time accounts for every text, those of known users too; a test item that is there twice is told', async () => {
  const answers = options.answers.map((answer, i) => ({ ...answer, at: (i * 7) % 50, user: `u${i % 20}` }))
  const copy = { ...options.test[0]!, id: 'copy', text: options.test[0]!.text.toUpperCase() }
  const { report } = await distil({
    ...options,
    answers,
    test: [...options.test, copy],
    testAnswers: [],
    sizes: [
      { name: 'one', layers: 1 },
      { name: 'one again', layers: 1 },
    ],
    seeds: [],
    split: { by: 'time', share: 0.6 },
    training: { ...options.training, epochs: 1 },
  })
  const { train, held, left, steps } = report.data
  expect(left).toBeGreaterThan(0)
  expect(report.data.testRepeats).toBe(1)
  expect(train + held + left).toBe(steps.at(-1)!.after)
  expect(documentMarkdown(distilDocument(report))).toContain(`${left} later ones of the same users`)
})

test('texts that are all longer than the context are refused', async () => {
  const answers = options.answers.map((answer, i) => ({ ...answer, text: `${i} word`.repeat(2000) }))
  const refused = distil({ ...options, answers, filter: { agreement: 0.75, near: 1 } })
  await expect(refused).rejects.toThrow(/fits the base's context/)
})

describe('refused before anything is trained, with the rows', () => {
  const refused = (changes: Partial<DistilOptions>) => distil({ ...options, ...changes })
  test('terms that nobody has read', async () => {
    const teacher = { name: 'teacher', terms: { allowed: 'unknown', note: '', at: null } as const }
    await expect(refused({ teacher })).rejects.toMatchObject({ code: 'teacher_terms_unknown' })
  })
  test('seeds that the test set has', async () => {
    const seeds = [
      ...options.seeds,
      exampleOf({ id: 'x', text: options.test[4]!.text, target: 'card_arrival', row: 9 }),
    ]
    await expect(refused({ seeds })).rejects.toMatchObject({
      code: 'examples_invalid',
      issues: ['row 9: the text of row 5 of the test set'],
    })
  })
  test('a label of the test set that is none', async () => {
    const test = [...options.test, exampleOf({ id: 'x', text: 'x', target: 'other', row: 7 })]
    await expect(refused({ test })).rejects.toMatchObject({ issues: ['row 7: the label is none of the 2'] })
  })
  test('answers of which nothing is left, or one label', async () => {
    await expect(refused({ answers: [] })).rejects.toMatchObject({ code: 'examples_invalid' })
    const answers = options.answers.map((answer) => ({ ...answer, answer: 'card_arrival' }))
    await expect(refused({ answers })).rejects.toThrow(/one answer/)
  })
})

test('several sizes: the best on held-back texts, never by the test set; without seeds no twin, without its answers no teacher', async () => {
  const { report } = await distil({
    ...options,
    sizes: [
      { name: 'two', layers: 2 },
      { name: 'one', layers: 1 },
    ],
    seeds: [],
    testAnswers: [],
    split: { by: 'user', share: 0.2 },
    training: { ...options.training, epochs: 1 },
  })
  expect(report.sizes.filter(({ chosen }) => chosen)).toHaveLength(1)
  expect(report.sizes.every(({ agrees }) => agrees! >= 0 && agrees! <= 1)).toBe(true)
  expect(report.data.held).toBeGreaterThan(0)
  expect(report.rows.filter(({ accuracy }) => accuracy === null).map(({ who }) => who)).toEqual([
    'teacher',
    'twin',
  ])
  expect(report.gate.passed).toBe(false)
  expect(documentText(distilDocument(report), { width: 100 })).toContain('was not asked about the test items')
})
