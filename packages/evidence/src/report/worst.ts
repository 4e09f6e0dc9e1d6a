/** The tasks to look at first, by harm, by failures, by cost, by slowness: at most five each, and none that has nothing of it. */
import { shareOf } from './quality.ts'
import type { Report, Share, TaskFigures, WorstTask } from './types.ts'
import { SMALL } from './types.ts'

const MOST = 5

export function worstTasks(tasks: readonly TaskFigures[]): Report['worst'] {
  return {
    harm: byShare(tasks, ({ quality }) => quality?.harm ?? null),
    failures: byShare(tasks, ({ failed, calls }) => shareOf(failed, calls)),
    cost: first(tasks, ({ task, money: { spentUsd, costUnknown }, calls }) =>
      spentUsd === null || spentUsd <= 0
        ? null
        : { task, value: spentUsd, low: null, high: null, n: calls - costUnknown, small: false },
    ),
    p95: first(tasks, ({ task, latency: { total } }) =>
      total.p95 === null ? null : { task, ...total.p95, n: total.n, small: total.n < SMALL },
    ),
  }
}

/** By the lower ends of the intervals: what is certainly bad comes before what may be. */
function byShare(
  tasks: readonly TaskFigures[],
  shareOfTask: (task: TaskFigures) => Share | null,
): readonly WorstTask[] {
  return first(
    tasks,
    (figures) => {
      const found = shareOfTask(figures)
      if (found === null || found.count === 0) return null
      const { share, low, high, n, small } = found
      return { task: figures.task, value: share, low, high, n, small }
    },
    ({ low, value }) => low ?? value,
  )
}

function first(
  tasks: readonly TaskFigures[],
  worstOf: (task: TaskFigures) => WorstTask | null,
  by: (worst: WorstTask) => number = ({ value }) => value,
): readonly WorstTask[] {
  return tasks
    .map(worstOf)
    .filter((worst) => worst !== null)
    .sort((a, b) => by(b) - by(a))
    .slice(0, MOST)
}
