/** For the lead: where calls ran, why the cloud was asked, what failed, how fast it was, how good. */
import { type Block, figure, type Section, table, text } from '../../document/document.ts'
import { count, counted, percent, percentOf, UNKNOWN } from '../../document/words.ts'
import type { CloudReason, Latency, PlaceLatency, Quality, Report } from '../types.ts'
import { intervalTold, percentWithin, quantile, sample, taskName } from '../words.ts'
import { byDay } from './by-day.ts'

export function forTheLead(report: Report): Section {
  return {
    id: 'lead',
    title: 'For the lead',
    lead: 'Where calls ran, why the cloud was asked, how fast answers came and how good they were.',
    blocks: [
      { kind: 'figures', figures: keyFigures(report) },
      ...byDay(report.days, 'Calls a day, by who answered', 'calls', [
        { name: 'device', tone: 'device', of: ({ device }) => device },
        { name: 'cloud', tone: 'cloud', of: ({ cloud }) => cloud },
        { name: 'kept answer', tone: 'kept', of: ({ kept }) => kept },
        { name: 'no answer', tone: 'warn', of: ({ nowhere }) => nowhere },
      ]),
      ...tasks(report),
      ...latencies(report),
      ...reasons(report),
      ...failures(report),
      ...quality(report),
    ],
  }
}

function keyFigures({ calls, where, quality }: Report) {
  const { device, kept, nowhere } = where.answeredBy
  const left = where.failures.find(({ code }) => code === 'aborted')?.calls ?? 0
  return [
    figure('calls', count(calls)),
    figure(
      'answered on the device',
      percentOf(device + kept, calls),
      kept === 0 ? counted(device, 'call') : `${count(device)} by its model, ${count(kept)} kept`,
      'device',
    ),
    figure(
      'escalated',
      percentOf(where.escalated, calls),
      `${counted(where.escalated, 'call')} the device had begun`,
      'cloud',
    ),
    figure(
      'without an answer',
      percentOf(nowhere, calls),
      nowhere === 0
        ? 'every call had one'
        : `${counted(nowhere, 'call')}; of ${count(left)} the caller had left`,
      nowhere > left ? 'warn' : 'plain',
    ),
    quality?.harm
      ? figure(
          'worse than the cloud',
          percent(quality.harm.share),
          `${intervalTold(quality.harm)}, of ${counted(quality.harm.n, 'compared answer')}${quality.harm.small ? ', small' : ''}`,
        )
      : figure('worse than the cloud', UNKNOWN, 'no answer of the device was compared'),
  ]
}

function tasks({ tasks }: Report): readonly Block[] {
  const heads = [
    'Task',
    ':Calls',
    ':Device',
    ':Kept',
    ':Cloud',
    ':No answer',
    ':Escalated',
    ':First output, half within',
    ':95 % within',
  ]
  return table(
    'Where the calls of each task ran',
    heads,
    tasks.map(({ task, calls, device, kept, cloud, nowhere, escalated, latency: { firstOutput } }) => [
      taskName(task),
      count(calls),
      ...[device, kept, cloud, nowhere, escalated].map((part) => percentOf(part, calls)),
      quantile(firstOutput.p50, false),
      quantile(firstOutput.p95, false) + (firstOutput.small && firstOutput.n > 0 ? ', small' : ''),
    ]),
  )
}

function latencies({ latency }: Report): readonly Block[] {
  const row = (name: string, found: Latency): string[] => [
    name,
    sample(found),
    quantile(found.p50),
    quantile(found.p95),
    quantile(found.p99),
  ]
  const rows = (name: string, { firstOutput, total }: PlaceLatency): string[][] =>
    total.n === 0 ? [] : [row(`${name}, first output`, firstOutput), row(`${name}, whole answer`, total)]
  return table(
    'How long callers waited, with 95 % intervals',
    ['Answered by', ':Calls', ':Half within', ':95 % within', ':99 % within'],
    [
      ...rows('device', latency.device),
      ...rows('cloud', latency.cloud),
      ...rows('kept answer', latency.kept),
    ],
  )
}

function reasons({ where: { cloudBecause, answeredBy, stood } }: Report): readonly Block[] {
  return [
    ...table(
      'Why the cloud answered',
      ['Reason', ':Calls', ':Of its answers'],
      cloudBecause.map((reason) => [
        because(reason),
        count(reason.calls),
        percentOf(reason.calls, answeredBy.cloud),
      ]),
    ),
    ...(stood === 0
      ? []
      : [
          text(
            `${counted(stood, 'answer')} of the device did not pass the bar and stood all the same: no other place could answer.`,
            'warn',
          ),
        ]),
  ]
}

function because({ kind, name, threshold }: CloudReason): string {
  const named = name === null ? '' : ` (${name})`
  switch (kind) {
    case 'policy':
      return `the policy sends the task there${named}`
    case 'limit':
      return `the device comes first and could not take the call${named}`
    case 'failure':
      return `the device failed${named}`
    case 'race':
      return `both were asked, the cloud was first${named}`
    case 'bar':
      if (name === null) return "the device's answer did not pass the check"
      return `the device's answer did not pass: ${name}${threshold === null ? '' : `, bar ${threshold}`}`
  }
}

function failures({ where: { failures, failedAttempts, rescued }, calls }: Report): readonly Block[] {
  return [
    ...table(
      'Calls without an answer',
      ['Code', ':Calls', ':Of all calls'],
      failures.map(({ code, calls: failed }) => [
        code === 'aborted' ? 'aborted (their caller left)' : code,
        count(failed),
        percentOf(failed, calls),
      ]),
    ),
    ...table(
      'Attempts that failed',
      ['Place and code', ':Attempts'],
      failedAttempts.map(({ place, code, attempts }) => [`${place}, ${code}`, count(attempts)]),
    ),
    ...(rescued === 0
      ? []
      : [text(`${counted(rescued, 'call')} had an answer although an attempt had failed.`)]),
  ]
}

function quality({ quality, tasks }: Report): readonly Block[] {
  if (quality === null)
    return [text('Nobody looked at judgements for this report, so how good the answers were is unknown.')]
  if (quality.judged === 0) return [text('No call was judged, so how good the answers were is unknown.')]
  const { by } = quality
  const who = [
    [by.user, 'by users'],
    [by.shadow, "by the cloud's answer (shadow)"],
    [by.function, 'by a function'],
    [by.exact, 'by an answer known to be right'],
  ] as const
  const judged = who.filter(([times]) => times > 0).map(([times, name]) => `${count(times)} ${name}`)
  return [
    text(`${counted(quality.judged, 'call was', 'calls were')} judged: ${judged.join(', ')}.`),
    ...table(
      'How good answers were, by task, with 95 % intervals',
      ['Task', ':Judged', ':Compared', ':Worse than the cloud', ':Score lost', ':Users say', ':Of users'],
      tasks.flatMap(({ task, quality }) =>
        quality === null || quality.judged === 0 ? [] : [qualityRow(task, quality)],
      ),
    ),
  ]
}

function qualityRow(task: string | null, { judged, harm, meanLoss, feedback }: Quality): string[] {
  return [
    taskName(task),
    count(judged),
    harm === null ? '0' : sample(harm),
    harm === null ? UNKNOWN : percentWithin(harm),
    meanLoss === null ? UNKNOWN : meanLoss.toFixed(3),
    feedback.mean === null ? UNKNOWN : `${feedback.mean.toFixed(2)} of 1`,
    count(feedback.n),
  ]
}
