/** A failed call: what happened, its code, the next step. */
import type { Problem } from '../problem.ts'

export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <div class="problem" role="alert">
      <p>
        {sentence(problem.message)} {problem.nextStep}
      </p>
      <code>{problem.code}</code>
    </div>
  )
}

/** Messages come as log lines do: in lower case, unless they begin with a name or an address, without a full stop. */
function sentence(message: string): string {
  const start = /^[a-z]+[ ,]/.test(message) ? message.charAt(0).toUpperCase() : message.charAt(0)
  return start + message.slice(1) + (/[.!?]$/.test(message) ? '' : '.')
}
