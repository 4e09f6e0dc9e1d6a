/** An evaluation for people: a table of who was right how often, what it means beside the cloud, and what a reader must know of it. */
import {
  type CandidateQuality,
  type Example,
  type ExampleNotes,
  type Grader,
  qualityDifference,
} from '@edgewise/advisor'
import type { Estimate } from '@edgewise/evidence'
import { printable } from './printable.ts'
import { bold, dim } from './show.ts'

export interface EvaluatedRun {
  readonly task: string
  readonly examples: readonly Example[]
  readonly notes: ExampleNotes
  readonly grader: Grader
  readonly measured: readonly CandidateQuality[]
  /** The model that judged, as it calls itself; null where none did. */
  readonly judge: string | null
}

export function evaluateText(run: EvaluatedRun): string {
  const { task, examples, grader, measured } = run
  const head = `${bold(printable(task))} on ${count(examples.length, 'example')}, graded by ${bold(printable(grader.name))}`
  return [
    head,
    '',
    table(measured),
    '',
    ...linesOf(run).map((line) => dim(`- ${printable(line)}`)),
    ...verdicts(measured).map((line) => `\n${bold(printable(line))}`),
  ].join('\n')
}

interface Column {
  readonly title: string
  readonly cell: (quality: CandidateQuality) => string
  readonly isText?: true
}

const columns: readonly Column[] = [
  { title: '', cell: ({ who }) => printable(who), isText: true },
  {
    title: 'model',
    cell: ({ model, quantisation }) => printable(quantisation === null ? model : `${model} ${quantisation}`),
    isText: true,
  },
  { title: 'right', cell: ({ right, of }) => `${Number(right.toFixed(1))}/${of}` },
  { title: '%', cell: ({ right, of }) => (of === 0 ? '-' : percent(right / of)) },
  { title: '95 %', cell: ({ of, low, high }) => (of === 0 ? '' : `${percent(low)}..${percent(high)}`) },
  { title: 'points to the cloud', cell: ({ difference }) => points(difference) },
  { title: "% of the cloud's", cell: ({ kept }) => (kept === null ? '' : range(kept, percent)) },
  { title: 'median', cell: ({ medianMs }) => (medianMs === null ? '-' : time(medianMs)) },
]

function table(measured: readonly CandidateQuality[]): string {
  const hasCloud = measured.some(({ difference }) => difference !== null)
  const shown = columns.filter(({ title }) => hasCloud || !title.includes('cloud'))
  const rows = measured.map((quality) => shown.map(({ cell }) => cell(quality)))
  const widths = shown.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (shown[i]!.isText ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [dim(line(shown.map(({ title }) => title))), ...rows.map(line)].join('\n')
}

function linesOf({ examples, notes, grader, measured, judge }: EvaluatedRun): string[] {
  const { duplicates, contradictions, leaks } = notes
  return [
    grader.how,
    'the intervals hold for any number of examples; what they say of your calls, they say as far as these are like the examples',
    ...(examples.length < 50
      ? [`${count(examples.length, 'example')} tell large differences only: fifty or more tell what is usual`]
      : []),
    ...told(
      duplicates,
      'that asks what an earlier one asks, with the same answer',
      'that ask what earlier ones ask, with the same answer',
    ),
    ...told(
      contradictions,
      'that contradicts an earlier one: one of both is wrong',
      'that contradict earlier ones: one of each pair is wrong',
    ),
    ...told(leaks, 'whose answer stands in what is asked', 'whose answers stand in what is asked'),
    ...(measured.some(({ model }) => model === judge)
      ? [`the judge, ${judge}, is one of those it judges: it may like its own answers`]
      : []),
    ...measured.flatMap(candidateLines),
  ]
}

const told = (ids: readonly string[], one: string, many: string): string[] =>
  ids.length === 0
    ? []
    : [
        `${count(ids.length, 'example')} ${ids.length === 1 ? one : many}: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`,
      ]

function candidateLines({ who, failed, notes, judge, costUsd, answers }: CandidateQuality): string[] {
  const shapes = Object.entries(notes).filter(([note]) => note !== 'no answer')
  const codes = [...new Set(answers.flatMap((answer) => answer.failed ?? []))]
  return [
    ...shapes.map(([note, times]) => `${who}: "${note}" ${count(times, 'time')}`),
    ...(failed === 0
      ? []
      : [`${who}: ${count(failed, 'call')} without an answer (${codes.slice(0, 3).join(', ')})`]),
    ...(judge === null
      ? []
      : [
          `${who}: asked again, the judge said something else of ${judge.differed} in ${judge.again} answers (${percent(judge.low)}..${percent(judge.high)} %)`,
        ]),
    ...(costUsd === null
      ? []
      : [`${who}: $${Number(costUsd.toPrecision(3))} for ${count(answers.length, 'call')}`]),
    ...(who === 'linear'
      ? [
          'linear: a classifier of hashed words and letters that needs no LLM; each example is labelled by one that was trained on others',
        ]
      : []),
  ]
}

/** Wider intervals tell little, whatever they straddle. */
const WIDE = 0.2

/** What stands out beside the cloud; where it was not asked, beside the linear classifier. */
function verdicts(measured: readonly CandidateQuality[]): string[] {
  const against = measured.find(({ who }) => who === 'cloud') ?? measured.find(({ who }) => who === 'linear')
  if (against === undefined) return []
  return measured.flatMap((quality) => {
    const estimate = quality === against ? null : qualityDifference(quality, against)
    return estimate === null ? [] : [verdict(called(quality), called(against), estimate)]
  })
}

const called = ({ who }: CandidateQuality): string =>
  who === 'linear' ? 'a linear classifier, which needs no LLM,' : who === 'cloud' ? 'the cloud' : who

function verdict(name: string, other: string, { value, low, high }: Estimate): string {
  const interval = `${signed(low)} to ${signed(high)} points`
  const said =
    high < 0
      ? `${name} is behind ${other} by ${percent(-value)} points (${percent(-high)} to ${percent(-low)}).`
      : low > 0
        ? `${name} is ahead of ${other} by ${percent(value)} points (${percent(low)} to ${percent(high)}).`
        : high - low > WIDE
          ? `These examples do not tell ${name} from ${other} (${interval}): take more.`
          : `${name} cannot be told from ${other} on these examples: ${interval}.`
  return said.replace(/^a linear/, 'A linear').replace(/,(?= \()/, '')
}

/** Of a share; what rounds to 0 has no sign. */
const percent = (value: number): string => (100 * value).toFixed(1).replace(/^-(?=0\.0$)/, '')
const signed = (value: number): string =>
  value > 0 && percent(value) !== '0.0' ? `+${percent(value)}` : percent(value)
const range = ({ value, low, high }: Estimate, format: (value: number) => string): string =>
  `${format(value)} (${format(low)}..${format(high)})`
const points = (estimate: Estimate | null): string => (estimate === null ? '' : range(estimate, signed))
const time = (ms: number): string =>
  ms < 1 ? `${ms.toFixed(2)} ms` : ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`
const count = (value: number, what: string): string =>
  `${value.toLocaleString('en')} ${what}${value === 1 ? '' : 's'}`
