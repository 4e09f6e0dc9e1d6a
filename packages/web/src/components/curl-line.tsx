/** The same call as a curl command, with a button that copies it. */
import { useEffect, useState } from 'preact/hooks'
import { curlLine } from '../gateway/request.ts'
import type { TaskName } from '../tasks.ts'

export function CurlLine({ task, text }: { task: TaskName; text: string }) {
  const [said, setSaid] = useState('Copy')
  const line = curlLine(location.origin, task, text)
  useEffect(() => {
    if (said === 'Copy') return
    const timer = setTimeout(() => setSaid('Copy'), 1600)
    return () => clearTimeout(timer)
  }, [said])
  const copy = (): void => {
    navigator.clipboard.writeText(line).then(
      () => setSaid('Copied'),
      () => setSaid('Select it and copy'),
    )
  }
  return (
    <section class="card curl" aria-label="The same call with curl">
      <div class="card-head">
        <h2>The same call with curl</h2>
        <button type="button" class="quiet" aria-live="polite" onClick={copy}>
          {said}
        </button>
      </div>
      <pre>{line}</pre>
    </section>
  )
}
