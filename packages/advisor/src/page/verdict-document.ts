/**
 * A verdict as a page that people can bring to the meeting: the answer first, then why, how fast, how much, what would change it, the
 * policy that comes out, and how every number was made. As HTML (one file, no script, no request), as Markdown, or as blocks.
 */
import { type Document, documentHtml, documentMarkdown } from '@edgewise/evidence'
import type { Verdict } from '../decide/types.ts'
import type { Facts } from '../facts/types.ts'
import { change } from './sections/change.ts'
import { definitions } from './sections/definitions.ts'
import { money } from './sections/money.ts'
import { options } from './sections/options.ts'
import { policy } from './sections/policy.ts'
import { questions } from './sections/questions.ts'
import { speed } from './sections/speed.ts'
import { summary } from './sections/summary.ts'
import { kindsOf, MOST_DEVICES, titleOf } from './shown.ts'
import { Trail } from './trail.ts'

/** `facts`: those that the verdict was made with. */
export function verdictDocument(verdict: Verdict, facts: Facts): Document {
  const kinds = kindsOf(verdict)
  const shown = kinds
    .slice(0, MOST_DEVICES)
    .flatMap(({ prediction }) => (prediction === null ? [] : [prediction]))
  const trail = new Trail(verdict, facts, shown)
  const { useCase, factsVersion, fleetSource } = verdict
  return {
    name: `verdict on ${useCase.name}`,
    title: titleOf(verdict),
    subtitle: `facts of ${factsVersion} · fleet: ${fleetSource}`,
    sections: [
      summary(verdict, trail),
      questions(verdict, trail),
      options(verdict, trail),
      speed(verdict, facts, kinds, trail),
      money(verdict, trail),
      change(verdict),
      policy(verdict),
      trail.steps(),
      trail.sources(),
      definitions(),
    ],
  }
}

export const verdictHtml = (verdict: Verdict, facts: Facts): string =>
  documentHtml(verdictDocument(verdict, facts))

export const verdictMarkdown = (verdict: Verdict, facts: Facts): string =>
  documentMarkdown(verdictDocument(verdict, facts))
