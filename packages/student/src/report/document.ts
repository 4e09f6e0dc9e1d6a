/** The report as a page of blocks: what a terminal, a Markdown file and a browser show is written once. */
import {
  bytes as bytesOf,
  count,
  counted,
  type Document,
  dollars,
  type Estimate,
  figure,
  milliseconds,
  percent,
  type Section,
  table,
  text,
  UNKNOWN,
} from '@edgewise/evidence'
import type { Paired } from './paired.ts'
import type { DistilReport, Row } from './types.ts'
import { interval, points } from './verdict.ts'

export function distilDocument(report: DistilReport): Document {
  return {
    name: 'distillation',
    title: `Distillation: ${report.task}`,
    subtitle: `${report.student.name}, taught by ${report.teacher.name}; ${report.at.slice(0, 10)}`,
    sections: [verdict(report), quality(report), cost(report), data(report), gate(report), terms(report)],
  }
}

function verdict({ verdict: { code, sentence }, rows, data }: DistilReport): Section {
  const shown = rows.filter(({ who }) => who !== 'majority')
  return {
    id: 'verdict',
    title: '',
    lead: '',
    blocks: [
      text(sentence, code === 'student' || code === 'no-linear' ? 'kept' : 'warn'),
      {
        kind: 'figures',
        figures: shown.map(({ who, accuracy, missing }) =>
          figure(
            NAMES[who],
            accuracy === null ? UNKNOWN : percent(accuracy.value),
            accuracy === null
              ? missing!
              : `${percent(accuracy.low)} to ${percent(accuracy.high)}, of ${count(data.test)}`,
            who === 'student' ? 'device' : who === 'teacher' ? 'cloud' : 'plain',
          ),
        ),
      },
    ],
  }
}

const NAMES: Readonly<Record<Row['who'], string>> = {
  teacher: 'teacher',
  student: 'student',
  twin: 'no-teacher twin',
  linear: 'linear head',
  majority: 'majority',
}

function quality({ rows, versus, student, sizes, data }: DistilReport): Section {
  return {
    id: 'quality',
    title: 'How good',
    lead: `Right answers on the same ${counted(data.test, 'held-out gold item')}, with 95 % intervals.`,
    blocks: [
      ...table(
        'Accuracy',
        ['who', 'model', 'learned from', ':right', ':accuracy', ':95 %'],
        rows.map((row) => [
          NAMES[row.who],
          row.model,
          row.learned,
          row.accuracy === null ? '' : `${count(row.right)}/${count(row.of)}`,
          row.accuracy === null ? `not measured: ${row.missing}` : percent(row.accuracy.value),
          row.accuracy === null ? '' : `${percent(row.accuracy.low)} to ${percent(row.accuracy.high)}`,
        ]),
      ),
      {
        kind: 'dots',
        tones: ['device'],
        chart: {
          title: 'Right of 100, 95 %',
          axis: { label: 'right, %' },
          names: ['right'],
          rows: rows.map(({ who, accuracy }) => ({
            label: NAMES[who],
            dot: accuracy && { series: 0, ...hundredfold(accuracy) },
          })),
          format: (value) => value.toFixed(1),
        },
      },
      {
        kind: 'list',
        tone: 'plain',
        items: [
          ...against('the linear head', versus.linear),
          ...against('its teacher', versus.teacher),
          ...against('its twin without a teacher', versus.twin),
          `Quantised to ${student.quantisation} it has ${percent(student.unquantised + student.quantising.difference.value)} right, before ${percent(student.unquantised)}.`,
        ],
      },
      ...(sizes.length < 2
        ? []
        : table(
            'Sizes, chosen by agreement with the teacher on held-back texts',
            ['size', ':layers', ':parameters', ':agrees', ''],
            sizes.map(({ name, layers, parameters, agrees, chosen }) => [
              name,
              String(layers),
              count(parameters),
              agrees === null ? '' : percent(agrees),
              chosen ? 'chosen' : '',
            ]),
          )),
    ],
  }
}

const hundredfold = ({ value, low, high }: Estimate): Estimate => ({
  value: 100 * value,
  low: 100 * low,
  high: 100 * high,
})

function against(whom: string, paired: Paired | null): readonly string[] {
  if (paired === null) return [`The student was not held against ${whom}: that was not measured.`]
  const { difference, toldApart } = paired
  const where = difference.value >= 0 ? 'ahead of' : 'behind'
  return [
    `The student is ${points(difference.value)} ${where} ${whom} (${interval(paired)}): ${toldApart ? 'more than chance' : 'these items do not tell the two apart'}.`,
  ]
}

function cost({ rows, scratch }: DistilReport): Section {
  return {
    id: 'cost',
    title: 'What it cost',
    lead: 'Dollars are what others were paid for answers; the time and the power of this machine are not counted as money.',
    blocks: [
      ...table(
        'Cost',
        ['who', ':dollars', ':tokens trained', ':FLOPs', ':seconds', ':bytes', ':median answer'],
        rows.map(({ who, usd, tokens, flops, seconds, bytes, medianMs }) => [
          NAMES[who],
          dollars(usd),
          tokens === null ? '-' : count(tokens),
          flops === null ? '-' : flops.toExponential(1),
          seconds === null ? '-' : seconds.toFixed(1),
          bytes === null ? '-' : bytesOf(bytes),
          medianMs === null ? '-' : milliseconds(medianMs),
        ]),
      ),
      text(
        `Teaching the student took ${scratch.distilled.toExponential(1)} FLOPs (6 x parameters x tokens); training a model of its size from nothing, at 20 tokens a parameter, takes ${scratch.scratch.toExponential(1)}: ${ratio(scratch.ratio)}. That holds because a base and a teacher exist already: what they cost is in neither figure, and who has to train a teacher first for one student saves nothing.`,
      ),
    ],
  }
}

const ratio = (value: number): string =>
  value >= 1 ? `${value.toFixed(value < 10 ? 1 : 0)} times as much` : `${(1 / value).toFixed(1)} times less`

function data({ data, teacher, seed }: DistilReport): Section {
  const { answers, steps, train, held, left, test, seeds, labels, tooLong, split, testRepeats } = data
  return {
    id: 'data',
    title: 'What it learned from',
    lead: `${counted(answers, 'answer')} of ${teacher.name}; ${count(train)} texts were learned, ${held === 0 ? '' : `${count(held)} held back to choose by (split by ${split}), `}${left === 0 ? '' : `${count(left)} later ones of the same users left out, `}${counted(seeds, 'seed label')}, ${counted(test, 'test item')}, ${labels === null ? 'any text' : counted(labels, 'label')}, seed ${seed}.`,
    blocks: [
      ...table(
        'Filter',
        ['step', ':before', ':left out', ':after'],
        steps.map(({ name, before, after }) => [name, count(before), count(before - after), count(after)]),
      ),
      ...(testRepeats === 0
        ? []
        : [
            text(
              `${count(testRepeats)} of the test items ${testRepeats === 1 ? 'has' : 'have'} the text of another: intervals and gate take them for items of their own, and are surer than they should be.`,
              'warn',
            ),
          ]),
      ...(tooLong === 0
        ? []
        : [
            text(
              `${counted(tooLong, 'text')} longer than the student's context ${tooLong === 1 ? 'was' : 'were'} left out.`,
              'warn',
            ),
          ]),
    ],
  }
}

function gate({ gate: { passed, conditions }, linearGate, ships }: DistilReport): Section {
  return {
    id: 'gate',
    title: passed ? 'The gate: passed' : 'The gate: refused',
    lead: `A student passes when all of this holds. ${SHIPS[ships ?? 'none']}`,
    blocks: [
      {
        kind: 'list',
        tone: passed ? 'plain' : 'warn',
        items: [
          ...conditions,
          ...(linearGate === null ? [] : [{ ...linearGate, name: 'the linear head alone' }]),
        ].map(({ name, passed, why }) => `${name}, ${passed ? 'holds' : 'does not hold'}: ${why}`),
      },
    ],
  }
}

const SHIPS = {
  student: 'The student may become the device model of the task.',
  linear: 'No LLM is needed: the linear head may become the device model of the task.',
  none: 'Nothing becomes the device model of the task.',
} as const

function terms({ teacher: { name, terms } }: DistilReport): Section {
  const when = terms.at === null ? '' : `, said on ${terms.at.slice(0, 10)}`
  const note = terms.note === '' ? 'No reason was given.' : `Where it stands: ${terms.note}`
  return {
    id: 'terms',
    title: "The teacher's terms",
    lead: '',
    blocks: [text(`Training on answers of ${name} is ${terms.allowed}${when}. ${note}`)],
  }
}
