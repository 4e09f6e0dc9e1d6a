/** A failed call: what happened, its code, the next step. */
import { formatSentence } from '../format.ts'
import type { Problem } from '../problem.ts'

export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <div class="problem" role="alert">
      <p>
        {formatSentence(problem.message)} {problem.nextStep}
      </p>
      <code>{problem.code}</code>
    </div>
  )
}
