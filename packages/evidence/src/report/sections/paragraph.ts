/** The report in one paragraph: sentences made of its figures, each of which says what it does not know. */

import { bytes, counted, day, dollars, milliseconds, percentOf } from '../../document/words.ts'
import type { Report } from '../types.ts'
import { percentTold } from '../words.ts'

export function paragraph(report: Report): string {
  if (report.calls === 0) return nothing(report)
  return [calls(report), money(report), privacy(report), speed(report), quality(report), proof(report)]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function nothing({ scope, leftOut }: Report): string {
  const what = scope.rehearsal ? 'No rehearsed call' : 'No call'
  const others = counted(
    leftOut,
    scope.rehearsal ? 'call that was none' : 'rehearsal',
    scope.rehearsal ? 'calls that were none' : 'rehearsals',
  )
  return `${what} is in this window.${leftOut === 0 ? '' : ` ${others} ${leftOut === 1 ? 'is' : 'are'} left out.`}`
}

/** `On 5 Aug 2026` or `From … to …`. */
export function when({ first, last }: Pick<Report, 'first' | 'last'>): string {
  if (first === null || last === null) return 'In no time'
  const [from, to] = [day(first), day(last)]
  return from === to ? `On ${from}` : `From ${from} to ${to}`
}

function calls({ first, last, calls, where, scope }: Report): string {
  const { device, cloud, kept, nowhere } = where.answeredBy
  const parts = [
    device > 0 && `the device answered ${percentOf(device, calls)}`,
    kept > 0 &&
      `${device > 0 ? '' : 'the device answered '}${percentOf(kept, calls)} ${device > 0 ? 'had' : 'with'} an answer that was kept`,
    cloud > 0 && `the cloud answered ${percentOf(cloud, calls)}`,
    nowhere > 0 && `${percentOf(nowhere, calls)} had no answer`,
  ].filter((part) => part !== false)
  const of = scope.task === null ? '' : ` of the task ${scope.task}`
  const came = counted(calls, scope.rehearsal ? 'rehearsed call' : 'call')
  return `${when({ first, last })}, ${came}${of} came in: ${joined(parts)}.`
}

function money({ money: { spentUsd, alwaysCloudUsd, cut, costUnknown }, scope, calls }: Report): string {
  const missing = costUnknown === 0 ? '' : ` What ${counted(costUnknown, 'more call')} cost nobody knows.`
  const they = calls === 1 ? 'it' : 'they'
  if (scope.rehearsal)
    return `Nothing was bought and nothing saved; a real cloud would have charged ${dollars(spentUsd)}.${missing}`
  if (spentUsd === null) return `What ${they} cost nobody knows: the policy names no price.`
  const spent = `${calls === 1 ? 'It' : 'They'} cost ${dollars(spentUsd)}`
  if (cut === null) return `${spent}; what the cloud alone would have cost is unknown.${missing}`
  const change =
    cut.value >= 0
      ? `a cut of ${percentTold({ ...cut, share: cut.value })}`
      : `more by ${percentTold({ share: -cut.value, low: -cut.high, high: -cut.low })}`
  return `${spent} where the cloud alone would have cost ${dollars(alwaysCloudUsd)}: ${change}.${missing}`
}

function privacy({ privacy: { stayed, sent, bytesOut }, money: { audits }, calls }: Report): string {
  if (stayed === calls) return 'Nothing left the device.'
  const audited = bytes(audits?.bytesOut ?? 0)
  if (sent === 0) return `Nothing left the device to answer, and ${audited} for audits.`
  const also = (audits?.bytesOut ?? 0) > 0 ? `, and ${audited} for audits` : ''
  return stayed === 0
    ? `To answer, ${bytes(bytesOut)} left the device${also}.`
    : `For ${percentOf(stayed, calls)} of the calls nothing left the device; to answer the others ${bytes(bytesOut)} did${also}.`
}

function speed({ latency: { device, cloud } }: Report): string {
  const told = [
    device.firstOutput.p50 !== null &&
      `the device's answers began within ${milliseconds(device.firstOutput.p50.value)}`,
    cloud.firstOutput.p50 !== null && `the cloud's within ${milliseconds(cloud.firstOutput.p50.value)}`,
  ].filter((part) => part !== false)
  if (told.length === 0) return ''
  const [one] = told
  return `Half of ${told.length === 2 ? joined(told) : one}.`
}

function quality({ quality }: Report): string {
  if (quality === null) return 'How good the answers were was not looked at.'
  if (quality.harm === null) return 'No answer of the device was compared with those of the cloud.'
  const { harm } = quality
  return `Of ${counted(harm.n, 'compared answer')} of the device ${harm.count} ${harm.count === 1 ? 'was' : 'were'} worse than the cloud's: ${percentTold(harm)}.`
}

function proof({ certificates: { atHand, notStanding } }: Report): string {
  const calls = counted(notStanding.calls, 'call')
  const stood = notStanding.calls === 0 ? '' : `For ${calls} a certificate did not stand.`
  const inWords = atHand.length === 1 ? 'One certificate is' : `${atHand.length} certificates are`
  return [atHand.length === 0 ? '' : `${inWords} at hand.`, stood].filter((part) => part !== '').join(' ')
}

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
