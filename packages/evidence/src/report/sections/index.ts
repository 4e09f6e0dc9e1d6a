/** The page of a report: title, the paragraph, one section for each who reads it. */
import { type Document, type Section, text } from '../../document/document.ts'
import { counted, moment } from '../../document/words.ts'
import type { Report } from '../types.ts'
import { certificates } from './certificates.ts'
import { definitions } from './definitions.ts'
import { forFinance } from './finance.ts'
import { forTheLead } from './lead.ts'
import { paragraph } from './paragraph.ts'
import { forPrivacy } from './privacy.ts'
import { worst } from './worst.ts'

export function documentOf(report: Report): Document {
  const rest =
    report.calls === 0
      ? []
      : [forTheLead(report), forFinance(report), forPrivacy(report), certificates(report), worst(report)]
  return {
    name: report.scope.rehearsal ? 'report of a rehearsal' : 'report',
    title: report.scope.rehearsal ? 'Report of a rehearsal' : 'Report',
    subtitle: subtitle(report),
    sections: [summary(report), ...rest, definitions()],
  }
}

function subtitle({ scope, first, last, madeAt }: Report): string {
  const { since, until, task } = scope
  const window =
    first === null || last === null
      ? `${since === null ? 'all calls' : `calls since ${moment(since)}`}${until === null ? '' : ` until ${moment(until)}`}`
      : `calls from ${moment(first)} to ${moment(last)}`
  return [
    task === null ? window : `${window} of the task ${task}`,
    `made ${moment(madeAt)}`,
    'times in UTC',
  ].join(' · ')
}

function summary(report: Report): Section {
  const { calls, where, leftOut, scope } = report
  const { device, kept, cloud, nowhere } = where.answeredBy
  return {
    id: 'summary',
    title: 'In one paragraph',
    lead: '',
    blocks: [
      text(paragraph(report)),
      ...(calls === 0
        ? []
        : [
            {
              kind: 'parts',
              caption: 'Who answered',
              parts: [
                { label: 'device', value: device, tone: 'device' },
                { label: 'kept answer', value: kept, tone: 'kept' },
                { label: 'cloud', value: cloud, tone: 'cloud' },
                { label: 'no answer', value: nowhere, tone: 'warn' },
              ],
            } as const,
          ]),
      ...(calls === 0 || leftOut === 0
        ? []
        : [
            text(
              scope.rehearsal
                ? `${counted(leftOut, 'call')} that ${leftOut === 1 ? 'was' : 'were'} no rehearsal ${leftOut === 1 ? 'is' : 'are'} left out.`
                : `${counted(leftOut, 'rehearsal')} ${leftOut === 1 ? 'is' : 'are'} left out: nothing was bought there, nothing saved.`,
            ),
          ]),
    ],
  }
}
