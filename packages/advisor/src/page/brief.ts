/** A verdict for whoever has forty lines: the answer, the few numbers that matter, what would change it, what to do next. */
import { type Block, type Document, table, text, UNKNOWN } from '@edgewise/evidence'
import type { Answer, Option, Verdict } from '../decide/types.ts'
import { chosenOf, titleOf } from './shown.ts'
import { firstOf, keptText, lowerTitle, ms, sentence, shareText, usd, within } from './words.ts'

const MOST_FLIPS = 5
const MOST_WARNINGS = 2

export function verdictBrief(verdict: Verdict): Document {
  const { factsVersion, flips, settle, warnings } = verdict
  return {
    name: 'verdict',
    title: titleOf(verdict),
    subtitle: `facts of ${factsVersion}; intervals of 80 %, of quality 95 %`,
    sections: [
      {
        id: 'summary',
        title: '',
        lead: '',
        blocks: [text(verdict.why), ...figures(verdict), ...ruledOut(verdict)],
      },
      {
        id: 'more',
        title: '',
        lead: '',
        blocks: [
          ...table('Best for each kind of users', ['Best', ':Users', 'Devices'], served(verdict)),
          ...few(
            'What would change it',
            ['Input', ':Now', ':Turns at', 'Then'],
            MOST_FLIPS,
            flips.map(({ what, now, at, then }) => [what, now, at, named(then)]),
          ),
          ...(settle === null ? [] : [text(`To measure next: ${settle}`)]),
          ...warned(warnings),
        ],
      },
    ],
  }
}

const named: (answer: Answer) => string = lowerTitle

function figures(verdict: Verdict): readonly Block[] {
  const { options, useCase } = verdict
  const { targetMs, share, of } = useCase.latency
  const row = (name: string, cell: (option: Option) => string): readonly string[] => [
    name,
    ...options.map(cell),
  ]
  const chosen = chosenOf(verdict)
  if (options.length === 0) return []
  return table(
    `${of === 'first-token' ? 'First token' : 'Whole answer'} within ${ms(targetMs)} for ${shareText(share)} of users`,
    ['', ...options.map((option) => `:${named(option.answer)}${option === chosen ? ' *' : ''}`)],
    [
      row('users in time', ({ usersInTime }) => within(usersInTime, shareText)),
      row(`${shareText(share)} of users within`, ({ latencyMs }) =>
        latencyMs === null ? '-' : within(latencyMs, ms),
      ),
      row("of the cloud's quality", ({ quality }) => (quality === null ? UNKNOWN : keptText(quality))),
      row('dollars a month', ({ usdPerMonth }) => within(usdPerMonth, usd)),
      row('calls that never leave', ({ staysShare }) => within(staysShare, shareText)),
      row('may be chosen', ({ ruledOutBy }) => (ruledOutBy.length === 0 ? 'yes' : 'no')),
    ],
  )
}

/** Why options that are forbidden are, in the words of their first rule. */
function ruledOut({ options, firings }: Verdict): readonly Block[] {
  const reasons = new Map<string, string[]>()
  for (const { answer, ruledOutBy } of options) {
    const [rule] = ruledOutBy
    if (rule === undefined) continue
    const why = firings.find((one) => one.rule === rule && one.of === answer)?.why
    const reason = `(${rule})${why === undefined ? '.' : `: ${why}`}`
    reasons.set(reason, [...(reasons.get(reason) ?? []), named(answer)])
  }
  const told = [...reasons].map(([reason, names]) => `Not ${names.join(', not ')} ${reason}`)
  return told.length === 0 ? [] : [text(told.join(' '))]
}

/** By answer, the largest first. */
function served({ segments }: Verdict): readonly (readonly string[])[] {
  const answers = [...new Set(segments.map(({ answer }) => answer))]
  if (answers.length < 2) return []
  return answers.map((answer) => {
    const all = segments.filter((one) => one.answer === answer)
    const share = all.reduce((sum, one) => sum + one.share, 0)
    return [
      named(answer),
      shareText(share),
      firstOf(
        all.flatMap(({ devices }) => devices),
        4,
      ),
    ]
  })
}

function few(
  caption: string,
  heads: readonly string[],
  most: number,
  rows: readonly (readonly string[])[],
): readonly Block[] {
  const more = rows.length - most
  return table(more > 0 ? `${caption} (${more} more in the JSON)` : caption, heads, rows.slice(0, most))
}

function warned(warnings: readonly string[]): readonly Block[] {
  if (warnings.length === 0) return []
  const more = warnings.length - MOST_WARNINGS
  const last = more > 0 ? [`And ${more} more, which the page has.`] : []
  const items = [...warnings.slice(0, MOST_WARNINGS).map(sentence), ...last]
  return [{ kind: 'list', tone: 'warn', items }]
}
