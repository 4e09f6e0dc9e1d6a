/** For the privacy officer: what left the device, of which calls, in which form, and the proof where nothing may leave. */
import { type Block, figure, type Section, table, text } from '../../document/document.ts'
import { bytes, count, counted, percent, percentOf, UNKNOWN } from '../../document/words.ts'
import type { Report, Sealed } from '../types.ts'
import { taskName } from '../words.ts'

export function forPrivacy(report: Report): Section {
  return {
    id: 'privacy',
    title: 'For privacy',
    lead: 'What left the device: request bodies to another machine, counted where they were sent.',
    blocks: [
      { kind: 'figures', figures: keyFigures(report) },
      ...sealed(report),
      ...classes(report),
      ...tasks(report),
      ...hidden(report),
    ],
  }
}

function keyFigures({ privacy, money: { audits }, calls }: Report) {
  const { stayed, sent, sentByAuditAlone, bytesOut, redactedCalls, placeholders } = privacy
  const put = placeholders.reduce((sum, { count }) => sum + count, 0)
  const later = sentByAuditAlone ?? 0
  return [
    figure(
      'stayed on the device',
      percentOf(stayed, calls),
      `${counted(stayed, 'call')}${later > 0 ? `; ${count(later)} more until an audit` : ''}`,
      'device',
    ),
    figure('sent something', percentOf(sent, calls), counted(sent, 'call'), 'cloud'),
    figure('left to answer', bytes(bytesOut), '', 'cloud'),
    audits === null
      ? figure('left for audits', UNKNOWN, 'nobody looked at judgements')
      : figure('left for audits', bytes(audits.bytesOut), counted(audits.count, 'audit')),
    figure(
      'placeholders',
      count(put),
      `in ${counted(redactedCalls, 'call')} that ${redactedCalls === 1 ? 'was' : 'were'} redacted`,
    ),
  ]
}

const isBroken = ({ bytesOut, auditBytesOut }: Sealed): boolean => bytesOut > 0 || (auditBytesOut ?? 0) > 0

function sealed({ privacy: { sealed } }: Report): readonly Block[] {
  if (sealed.length === 0) return [text('No call was of a task of which nothing may leave.')]
  const broken = sealed.filter(isBroken)
  return [
    broken.length > 0
      ? text(
          `Something left under nothing-leaves: ${broken.map(({ task }) => taskName(task)).join(', ')}. Look at these receipts first.`,
          'warn',
        )
      : text(
          'Nothing left under nothing-leaves: each of these calls was answered, or failed, with 0 bytes sent.',
          'device',
        ),
    ...table(
      'Tasks of which nothing may leave, and the proof',
      ['Task', ':Calls', ':Bytes that left', ':Cloud attempts', ':Bytes of audits', 'Proof'],
      sealed.map((one) => [
        taskName(one.task),
        count(one.calls),
        bytes(one.bytesOut),
        count(one.cloudAttempts),
        bytes(one.auditBytesOut),
        isBroken(one) ? 'BROKEN' : 'holds: 0 bytes',
      ]),
    ),
  ]
}

const meaning = {
  'nothing-leaves': 'nothing-leaves: no connection is opened',
  'structured-only': 'structured-only: numbers and placeholders',
  redacted: 'redacted: placeholders for what identifies',
  anything: 'anything: the call as it is',
} as const

function classes({ privacy: { byClass } }: Report): readonly Block[] {
  return table(
    'By class of privacy',
    ['Class', ':Calls', ':Sent something', ':Share', ':Bytes that left'],
    byClass.map(({ privacy, calls, sent, bytesOut }) => [
      meaning[privacy],
      count(calls),
      count(sent),
      percentOf(sent, calls),
      bytes(bytesOut),
    ]),
  )
}

function tasks({ tasks }: Report): readonly Block[] {
  return table(
    'By task',
    ['Task', ':Calls', ':Sent something', ':Share', ':Bytes that left', ':Bytes of audits'],
    tasks.map(({ task, calls, sent, bytesOut, auditBytesOut }) => [
      taskName(task),
      count(calls),
      count(sent),
      percentOf(sent, calls),
      bytes(bytesOut),
      bytes(auditBytesOut),
    ]),
  )
}

function hidden({ privacy: { placeholders, nameRecall } }: Report): readonly Block[] {
  return [
    ...table(
      'What was replaced before a call left',
      ['Type', ':Placeholders'],
      placeholders.map(({ type, count: times }) => [type, count(times)]),
    ),
    ...table(
      'How many names are found, as measured',
      ['Measured on', ':Names found', ':Calls it searched'],
      nameRecall.map(({ measuredOn, recall, calls }) => [measuredOn, percent(recall), count(calls)]),
    ),
    ...(nameRecall.length === 0
      ? []
      : [
          text(
            'Names are found by a model, and some are missed; identifiers of a fixed form are found by rule.',
          ),
        ]),
  ]
}
