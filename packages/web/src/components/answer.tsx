/** The card of the answer: the task's own view of it when there is data, else its text; and what went wrong. */
import { readIntent, readStretches } from '../answer-data.ts'
import type { TaskName } from '../tasks.ts'
import type { Call } from '../use-calls.ts'
import { FixAnswer } from './fix-answer.tsx'
import { IntentAnswer } from './intent-answer.tsx'
import { JsonAnswer } from './json-answer.tsx'
import { ProblemNote } from './problem-note.tsx'
import { RedactAnswer } from './redact-answer.tsx'

export function Answer({ task, call }: { task: TaskName; call: Call | undefined }) {
  if (!call) return null
  return (
    <section class="card answer" aria-label="Answer" aria-live="polite" aria-busy={call.running}>
      <h2>Answer</h2>
      {call.problem && <ProblemNote problem={call.problem} />}
      {call.running || call.problem ? <Written task={task} call={call} /> : <Whole task={task} call={call} />}
    </section>
  )
}

function Whole({ task, call: { text, data, source } }: { task: TaskName; call: Call }) {
  const intent = task === 'intent' ? readIntent(data) : null
  if (intent) return <IntentAnswer intent={intent} />
  const stretches = readStretches(data, source)
  if (task === 'json') return <JsonAnswer text={text} source={source} stretches={stretches ?? []} />
  if (task === 'redact' && stretches)
    return <RedactAnswer text={text} source={source} stretches={stretches} />
  if (task === 'fix' && stretches) return <FixAnswer source={source} stretches={stretches} />
  if (text === '') return <p class="answer-note">The answer is empty.</p>
  return <Written task={task} call={{ text, source }} />
}

/** The bare text; a completion stands behind what it completes. */
function Written({ task, call: { text, source } }: { task: TaskName; call: Pick<Call, 'text' | 'source'> }) {
  if (text === '') return null
  return (
    <p class="answer-body plain">
      {task === 'complete' && <span class="prompt">{source}</span>}
      {text}
    </p>
  )
}
