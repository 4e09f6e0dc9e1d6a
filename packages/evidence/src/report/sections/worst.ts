/** The tasks to look at first. */
import { type Block, type Section, text } from '../../document/document.ts'
import { counted, dollars, milliseconds, percent } from '../../document/words.ts'
import type { Report, WorstTask } from '../types.ts'
import { taskName } from '../words.ts'

export function worst({ worst, quality }: Report): Section {
  const blocks = [
    ...bars('Worse than the cloud, of the answers that were compared', worst.harm, percent),
    ...bars('Without an answer, callers who left not counted', worst.failures, percent),
    ...bars('Spent', worst.cost, dollars),
    ...bars('Time that 95 % of the answers take at most', worst.p95, milliseconds),
  ]
  const unknown = quality?.harm
    ? []
    : [text('Which tasks are harmed is unknown: no answer of the device was compared.')]
  return {
    id: 'worst',
    title: 'Worst tasks',
    lead: 'Where to look first, with 95 % intervals; shares are ordered by the lower end of theirs.',
    blocks: [...blocks, ...unknown],
  }
}

function bars(
  title: string,
  tasks: readonly WorstTask[],
  format: (value: number) => string,
): readonly Block[] {
  if (tasks.length === 0) return []
  return [
    {
      kind: 'bars',
      tone: 'warn',
      chart: {
        title,
        format,
        width: 1000,
        bars: tasks.map(({ task, value, low, high, n, small }) => ({
          label: taskName(task),
          value,
          ...(low === null || high === null ? {} : { low, high }),
          note: `of ${counted(n, 'call')}${small ? ', small' : ''}`,
        })),
      },
    },
  ]
}
