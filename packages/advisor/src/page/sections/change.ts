/** What would turn the verdict, and what to measure next. */
import { type Block, type Section, table, text } from '@edgewise/evidence'
import type { Verdict } from '../../decide/types.ts'
import { answerTitles } from '../words.ts'

export function change({ flips, settle }: Verdict): Section {
  const turned: readonly Block[] =
    flips.length === 0
      ? [text('No single change of one input was found that turns it.')]
      : table(
          'The least change of one input that turns the verdict',
          ['Input', ':Now', ':Turns at', 'Then'],
          flips.map(({ what, now, at, then }) => [what, now, at, answerTitles[then]]),
        )
  return {
    id: 'change',
    title: 'What would change it',
    lead: '',
    blocks: [
      ...turned,
      text(
        settle === null
          ? 'Nothing is left open that a measurement would settle.'
          : `To measure next: ${settle}`,
        'device',
      ),
    ],
  }
}
