/** The verdict: in a sentence, in a few figures, and for each kind of users. */
import {
  type Block,
  type Cell,
  figure,
  type KeyFigure,
  type Section,
  type Tone,
  table,
  text,
  UNKNOWN,
} from '@edgewise/evidence'
import type { Answer, Option, Verdict } from '../../decide/types.ts'
import { isLeast } from '../../decide/words.ts'
import type { Predicted } from '../../predict/types.ts'
import { chosenOf, stepNames } from '../shown.ts'
import type { Trail } from '../trail.ts'
import { answerTitles, firstOf, keptText, ms, sentence, shareText, usd, within } from '../words.ts'

export const tones: { readonly [answer in Answer]: Tone } = {
  'on-device': 'device',
  hybrid: 'kept',
  cloud: 'cloud',
  'no-llm': 'plain',
  none: 'warn',
  uncertain: 'warn',
}

export function summary(verdict: Verdict, trail: Trail): Section {
  const chosen = chosenOf(verdict)
  return {
    id: 'summary',
    title: 'The verdict',
    lead: '',
    blocks: [
      text(verdict.why),
      ...(chosen === undefined
        ? []
        : [{ kind: 'figures', figures: figures(verdict, chosen, trail) } as const]),
      ...segments(verdict, trail),
      ...warnings(verdict),
    ],
  }
}

/** What must be known before it is believed. */
const warnings = ({ warnings }: Verdict): readonly Block[] =>
  warnings.length === 0
    ? []
    : [text('Before you believe it:'), { kind: 'list', tone: 'warn', items: warnings.map(sentence) }]

function figures({ useCase: { latency } }: Verdict, chosen: Option, trail: Trail): readonly KeyFigure[] {
  const { usersInTime, latencyMs, usdPerMonth, quality, staysShare, worksOffline, answer } = chosen
  const tone = tones[answer]
  /** The value as a link, and its interval. */
  const apart = (
    predicted: Predicted,
    format: (value: number) => string,
    named?: string,
  ): [value: Cell, interval: string] => {
    const [, value, interval = ''] = /^(.+?)(?: \((.+)\))?$/.exec(within(predicted, format))!
    return [trail.to(chosen, predicted.value, value!, named), interval]
  }
  const [users, usersWithin] = apart(usersInTime, shareText, stepNames.users)
  const [dollars, dollarsWithin] = apart(usdPerMonth, usd)
  const [stays, staysWithin] = apart(staysShare, shareText, stepNames.stays)
  const [kept, keptWithin] =
    quality === null
      ? [UNKNOWN, 'nothing was measured']
      : isLeast(quality)
        ? [trail.to(chosen, quality.value, keptText(quality)), '']
        : apart(quality, shareText)
  const [time, timeWithin] = latencyMs === null ? [UNKNOWN, 'fewer get an answer'] : apart(latencyMs, ms)
  return [
    figure(
      'of users in time',
      users,
      joined(usersWithin, `${shareText(latency.share)} were asked for`),
      tone,
    ),
    figure(
      `for ${shareText(latency.share)} of users`,
      time,
      joined(timeWithin, `target ${ms(latency.targetMs)}`),
      tone,
    ),
    figure('a month', dollars, dollarsWithin, tone),
    figure("of the cloud's quality", kept, keptWithin, tone),
    figure(
      'of calls stay on the device',
      stays,
      joined(staysWithin, worksOffline ? 'works offline' : 'not offline'),
      tone,
    ),
  ]
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ')

function segments({ segments }: Verdict, trail: Trail): readonly Block[] {
  const parts = (Object.keys(answerTitles) as Answer[]).map((answer) => ({
    label: answerTitles[answer],
    value: segments.filter((one) => one.answer === answer).reduce((sum, { share }) => sum + share, 0),
    tone: tones[answer],
  }))
  return [
    ...(segments.length === 0
      ? []
      : [{ kind: 'parts', caption: 'What is best for how many users', areShares: true, parts } as const]),
    ...table(
      'For each kind of users',
      ['Best', ':Users', 'Devices', 'Why'],
      segments.map(({ share, devices, answer, why }) => [
        answerTitles[answer],
        trail.toRow('the fleet', shareText(share)),
        firstOf(devices, 6),
        sentence(why),
      ]),
    ),
  ]
}
