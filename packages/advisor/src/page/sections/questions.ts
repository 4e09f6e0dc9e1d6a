/** The five questions, what was said, and what the numbers answer; then every rule that fired. */
import { type Block, type Cell, percentGiven, type Run, type Section, table, text } from '@edgewise/evidence'
import type { Option, Verdict } from '../../decide/types.ts'
import type { Predicted } from '../../predict/types.ts'
import { optionOf, stepNames } from '../shown.ts'
import type { Trail } from '../trail.ts'
import { answerTitles, firstOf, lowerTitle, ms, shareText, usd, whole, within } from '../words.ts'

export function questions(verdict: Verdict, trail: Trail): Section {
  return {
    id: 'questions',
    title: 'The five questions',
    lead: 'What the team said, and what the numbers make of it.',
    blocks: [
      ...table(
        'Questions and answers',
        ['Question', 'The team says', 'The numbers say'],
        [
          ['1. Does it fit a small model?', fitSaid(verdict), fitAnswer(verdict, trail)],
          ['2. How fast?', latencySaid(verdict), latencyAnswer(verdict, trail)],
          ['3. Privacy or regulation?', privacySaid[verdict.useCase.privacy], privacyAnswer(verdict, trail)],
          ['4. Offline?', offlineSaid[verdict.useCase.offline], offlineAnswer(verdict)],
          ['5. Volume and cost?', volumeSaid(verdict), costAnswer(verdict, trail)],
        ],
      ),
      ...rules(verdict),
    ],
  }
}

function fitSaid({ useCase: { fit } }: Verdict): string {
  const models = fit.models.length === 0 ? 'any small model' : firstOf(fit.models, 4)
  return `A task of the kind "${fit.kind}"; ${percentGiven(fit.keep)} of the cloud's quality must be kept; ${models}.`
}

function fitAnswer(verdict: Verdict, trail: Trail): Cell {
  const { measured } = verdict.useCase.fit
  const told = measured.map(
    ({ who, right, of, low, high }) =>
      `${who} ${shareText(right / of)} right (${shareText(low)} to ${shareText(high)}, of ${whole(of)})`,
  )
  if (told.length > 0) return `Measured on the team's examples: ${told.join('; ')}.`
  const option = withQuality(verdict)
  if (option?.quality == null) return 'Unknown: no example of the team was graded.'
  const kept = trail.to(option, option.quality.value, within(option.quality, shareText))
  return [`${answerTitles[option.answer]} keeps `, kept, '; no example of the team was graded.']
}

const withQuality = (verdict: Verdict): Option | undefined =>
  [optionOf(verdict, 'hybrid'), optionOf(verdict, 'on-device')].find((option) => option?.quality != null)

const latencySaid = ({ useCase: { latency } }: Verdict): string =>
  `${latency.of === 'first-token' ? 'The first token' : 'The whole answer'} within ${ms(latency.targetMs)} for ${shareText(latency.share)} of users.`

const latencyAnswer = (verdict: Verdict, trail: Trail): Cell => [
  'Users in time: ',
  ...ofEach(verdict, trail, ({ usersInTime }) => usersInTime, shareText, stepNames.users),
]

/** The figure of each option, with its name before it. */
function ofEach(
  { options }: Verdict,
  trail: Trail,
  pick: (option: Option) => Predicted,
  format: (value: number) => string,
  named?: string,
): readonly Run[] {
  return options.flatMap((option, i) => {
    const picked = pick(option)
    return [
      `${lowerTitle(option.answer)} `,
      trail.to(option, picked.value, within(picked, format), named),
      i === options.length - 1 ? '.' : '; ',
    ]
  })
}

const privacySaid: { readonly [privacy in Verdict['useCase']['privacy']]: string } = {
  'nothing-leaves': 'Nothing may leave the device.',
  'structured-only': 'Numbers and placeholders may leave, no free text.',
  redacted: 'Redacted text may leave: identifiers and names as placeholders.',
  anything: 'Anything may leave.',
}

function privacyAnswer({ options, useCase: { privacy } }: Verdict, trail: Trail): Cell {
  if (privacy === 'nothing-leaves') return 'The cloud and the hybrid are ruled out.'
  const hybrid = options.find(({ answer }) => answer === 'hybrid')
  if (hybrid === undefined) return 'It rules nothing out.'
  const stays = trail.to(
    hybrid,
    hybrid.staysShare.value,
    within(hybrid.staysShare, shareText),
    stepNames.stays,
  )
  return ['Under the hybrid ', stays, ' of calls never leave the device.']
}

const offlineSaid: { readonly [offline in Verdict['useCase']['offline']]: string } = {
  must: 'It must work offline.',
  better: 'Better if it does.',
  no: 'It need not work offline.',
}

function offlineAnswer({ options }: Verdict): string {
  const works = options.filter(({ worksOffline }) => worksOffline).map(({ answer }) => lowerTitle(answer))
  return works.length === 0 ? 'No option works offline.' : `Works offline: ${works.join(', ')}.`
}

function volumeSaid({ useCase: { volume, cloud } }: Verdict): string {
  const { callsPerMonth, users, promptTokens, outputTokens, cachedShare } = volume
  return `${whole(callsPerMonth)} calls a month of ${whole(users)} users, ${whole(promptTokens)} tokens in${cachedShare > 0 ? ` (${shareText(cachedShare)} cached)` : ''} and ${whole(outputTokens)} out, against ${cloud.model}.`
}

const costAnswer = (verdict: Verdict, trail: Trail): Cell => [
  'Dollars a month: ',
  ...ofEach(verdict, trail, ({ usdPerMonth }) => usdPerMonth, usd),
]

function rules({ firings }: Verdict): readonly Block[] {
  if (firings.length === 0) return [text('No rule fired.')]
  return table(
    'Rules that fired',
    ['Rule', 'Says', 'Why'],
    firings.map(({ rule, outcome, of, why }) => [
      rule,
      `${outcome === 'uncertain' ? 'undecided' : outcome}: ${lowerTitle(of)}`,
      why,
    ]),
  )
}
