/** What a verdict said beside what happened, for people: each statement with both figures, what no longer holds, what would be decided now. */
import { type Block, type Document, percentGiven, table, text } from '@edgewise/evidence'
import type { Comparison, Happened, Statement } from '../against/types.ts'
import type { Predicted } from '../predict/types.ts'
import { lowerTitle, ms, rounded, sentence, shareText, usd, whole, within } from './words.ts'

const formats: { readonly [unit in Statement['unit']]: (value: number) => string } = {
  share: shareText,
  ms,
  'US dollars': usd,
  'calls a month': rounded,
  tokens: whole,
}

export function comparisonDocument(comparison: Comparison): Document {
  const { task, calls, first, last, statements } = comparison
  const window = first === null || last === null ? '' : `, ${first.slice(0, 10)} to ${last.slice(0, 10)}`
  return {
    name: 'verdict against the ledger',
    title: 'Against the ledger',
    subtitle: `${whole(calls)} answered calls of the task ${task}${window}; intervals of what happened are ${percentGiven(0.95)}`,
    sections: [
      {
        id: 'against',
        title: '',
        lead: '',
        blocks: [
          ...table(
            'What was said, and what happened',
            ['Statement', ':Said', ':Happened', ':Calls', 'Holds'],
            statements.map(({ name, unit, predicted, happened, holds }) => [
              name,
              saidText(predicted, formats[unit]),
              happenedText(happened, formats[unit]),
              happened === null ? '-' : whole(happened.n),
              holds === null ? 'cannot be told' : holds ? 'yes' : 'no',
            ]),
          ),
          ...broken(comparison),
          ...decidedNow(comparison),
        ],
      },
    ],
  }
}

const saidText = (predicted: Predicted | null, format: (value: number) => string): string =>
  predicted === null ? '-' : within(predicted, format)

/** An end that so few calls do not bound is open. */
function happenedText(happened: Happened | null, format: (value: number) => string): string {
  if (happened === null) return '-'
  const { value, low, high } = happened
  if (low !== null && high !== null) return within({ value, low, high, level: 0.95 }, format)
  if (low !== null) return `${format(value)} (${format(low)} or more)`
  return high === null ? format(value) : `${format(value)} (${format(high)} or less)`
}

function broken({ noLonger, calls, others }: Comparison): readonly Block[] {
  if (noLonger.length > 0)
    return [text('No longer holds:'), { kind: 'list', tone: 'warn', items: noLonger.map(sentence) }]
  if (calls > 0) return [text('Nothing that was said is contradicted.')]
  if (others.calls === 0) return [text('No call of this task is in the ledger.')]
  const how = others.are === 'rehearsals' ? 'with' : 'without'
  return [
    text(
      `The ledger has ${others.are} of this task alone, ${whole(others.calls)}: they are compared ${how} --rehearsal.`,
    ),
  ]
}

/** Where it would be another answer, `noLonger` says so. */
function decidedNow({ now, leans }: Comparison): readonly Block[] {
  if (now === null) return [text('Too few calls to decide it anew with what was seen.')]
  if (now.leans !== leans) return []
  return [text(`With what was seen it would be decided as before: ${lowerTitle(now.answer)}.`)]
}
