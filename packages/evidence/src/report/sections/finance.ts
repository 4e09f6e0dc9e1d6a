/** For finance: spent, avoided, wasted, what the cloud alone would have cost, and how sure the cut is. */
import { type Block, figure, type Section, table, text } from '../../document/document.ts'
import { count, counted, dollars, milliseconds, percent, UNKNOWN } from '../../document/words.ts'
import type { Report, Waste } from '../types.ts'
import { cutText, intervalTold, taskName } from '../words.ts'
import { byDay } from './by-day.ts'

export function forFinance(report: Report): Section {
  const { days, scope } = report
  return {
    id: 'finance',
    title: 'For finance',
    lead: scope.rehearsal
      ? 'Of a rehearsal: nothing was bought and nothing saved. Sums are what a real cloud would have charged.'
      : 'US dollars, at the prices the policy names. A call whose cost nobody knows is in no sum.',
    blocks: [
      { kind: 'figures', figures: keyFigures(report) },
      ...unknown(report),
      ...byDay(
        days,
        'Dollars a day',
        'US dollars',
        [
          { name: 'spent', tone: 'cloud', of: ({ spentUsd }) => spentUsd },
          { name: 'avoided', tone: 'device', of: ({ avoidedUsd }) => avoidedUsd },
        ],
        dollars,
      ),
      ...tasks(report),
      ...wasted(report),
    ],
  }
}

function keyFigures({ money }: Report) {
  const { spentUsd, avoidedUsd, alwaysCloudUsd, cut, wasted, audits } = money
  return [
    figure('spent', dollars(spentUsd), '', 'cloud'),
    figure('avoided', dollars(avoidedUsd), '', 'device'),
    figure('the cloud alone', dollars(alwaysCloudUsd), 'spent and avoided together'),
    cut === null
      ? figure('the cut', UNKNOWN, 'no call has a known saving')
      : figure(
          'the cut',
          percent(cut.value),
          `${intervalTold(cut)}, of ${counted(cut.n, 'call')}${cut.small ? ', small' : ''}`,
          cut.low > 0 ? 'device' : 'plain',
        ),
    figure('wasted', dollars(wasted.usd), 'part of what was spent', (wasted.usd ?? 0) > 0 ? 'warn' : 'plain'),
    audits === null
      ? figure('audits', UNKNOWN, 'nobody looked at judgements')
      : figure('audits', dollars(audits.usd), `${counted(audits.count, 'audit')}, beside what was spent`),
  ]
}

function unknown({ money: { costUnknown, avoidedUnknown, audits }, scope }: Report): readonly Block[] {
  const told = [
    costUnknown > 0 &&
      `What ${counted(costUnknown, 'call')} cost nobody knows: the cloud was asked, and the policy names no price or the cloud told no tokens.`,
    avoidedUnknown > 0 &&
      !scope.rehearsal &&
      `Of ${counted(avoidedUnknown, 'answered call')} nobody knows what the cloud alone would have cost; they avoid nothing here.`,
    (audits?.costUnknown ?? 0) > 0 && `What ${counted(audits!.costUnknown, 'audit')} cost nobody knows.`,
  ].filter((sentence) => sentence !== false)
  return told.length === 0 ? [] : [text(told.join(' '), 'warn')]
}

function tasks({ tasks }: Report): readonly Block[] {
  return table(
    'Money by task, the cut with its 95 % interval',
    ['Task', ':Calls', ':Spent', ':Avoided', ':The cloud alone', ':Cut', ':Cost unknown'],
    tasks.map(({ task, calls, money }) => [
      taskName(task),
      count(calls),
      dollars(money.spentUsd),
      dollars(money.avoidedUsd),
      dollars(money.alwaysCloudUsd),
      cutText(money) + (money.cut?.small ? ', small' : ''),
      count(money.costUnknown),
    ]),
  )
}

function wasted({ money: { wasted } }: Report): readonly Block[] {
  const row = (name: string, { device, cloud, usd, deviceMs }: Waste): readonly string[][] =>
    device + cloud === 0
      ? []
      : [[name, count(device), count(cloud), dollars(usd), device === 0 ? '-' : milliseconds(deviceMs)]]
  return [
    ...table(
      'Work whose answer nobody got',
      ['Why', ':On the device', ':In the cloud', ':US dollars', ':Device busy for'],
      [
        ...row('the other place was first', wasted.lostRaces),
        ...row('the check did not pass it', wasted.rejected),
        ...row('it failed', wasted.failed),
        ...row('the caller had left', wasted.abandoned),
      ],
    ),
    ...(wasted.resent === 0
      ? []
      : [
          text(
            `Calls were sent to the cloud again ${counted(wasted.resent, 'time')}. What of their cost is the repetition's no receipt says.`,
          ),
        ]),
  ]
}
