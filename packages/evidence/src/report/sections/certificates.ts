/** Certificates at hand and what they let through; where one did not stand. */
import { type Block, type Section, table, text } from '../../document/document.ts'
import { count, counted, day, percentGiven } from '../../document/words.ts'
import type { CertificateFigures, Report } from '../types.ts'

export function certificates({ certificates: { atHand, notAtHand, notStanding } }: Report): Section {
  const nothing = atHand.length + notAtHand.length + notStanding.calls === 0
  return {
    id: 'certificates',
    title: 'Certificates',
    lead: 'What is proven of staying on the device, from which evidence, and how often it was relied on.',
    blocks: [
      ...(nothing ? [text('No certificate is at hand, and no answer passed under one.')] : []),
      ...table('At hand', ['Certificate', 'Task', 'Claim', ':Let through'], atHand.map(claimed)),
      ...table(
        'What they rest on',
        ['Certificate', ':Judged items', 'Window', 'Bar', ':Age'],
        atHand.map(proven),
      ),
      ...(notAtHand.length === 0
        ? []
        : [
            text('Receipts name certificates that are not at hand:', 'warn'),
            ...table(
              'Not at hand',
              ['Certificate', ':Let through'],
              notAtHand.map(({ id, letThrough }) => [id, count(letThrough)]),
            ),
          ]),
      ...stood(notStanding),
    ],
  }
}

function claimed({ id, task, claim, confidence, letThrough }: CertificateFigures): readonly string[] {
  return [id, task, `${claim}, with confidence ${percentGiven(confidence)}`, count(letThrough)]
}

function proven({ id, n, from, until, bar, ageDays }: CertificateFigures): readonly string[] {
  return [
    id,
    count(n),
    from === null || until === null ? 'not told' : `${day(from)} to ${day(until)}`,
    bar === null
      ? 'none: the whole task stays'
      : `${bar.signal} from ${Number(bar.threshold.toPrecision(4))} on`,
    ageDays < 1 ? 'under a day' : counted(Math.floor(ageDays), 'day'),
  ]
}

function stood({ calls, because }: Report['certificates']['notStanding']): readonly Block[] {
  if (calls === 0) return []
  return [
    text(`For ${counted(calls, 'call')} a certificate did not stand.`, 'warn'),
    ...table(
      'Why not',
      ['Certificate', 'Why', ':Calls'],
      because.map(({ certificate, why, calls }) => [certificate ?? '-', why, count(calls)]),
    ),
  ]
}
