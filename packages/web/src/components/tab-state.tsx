/** How far the model in this tab is: off, loading, ready, broken. */
import { useEffect, useState } from 'preact/hooks'
import { formatMs } from '../format.ts'
import type { TabStatus } from '../in-tab/tab-runner.ts'
import { thisTab } from '../in-tab/this-tab.ts'
import { ProblemNote } from './problem-note.tsx'

export function TabState() {
  const [status, setStatus] = useState(thisTab.status)
  useEffect(() => {
    // What changed between the first drawing and now is read here.
    setStatus(thisTab.status())
    return thisTab.watch(() => setStatus(thisTab.status()))
  }, [])
  return (
    <div class="tab-state" data-state={status.state} aria-live="polite">
      {status.state === 'broken' ? <ProblemNote problem={status.problem} /> : <p>{says(status)}</p>}
    </div>
  )
}

function says(status: Exclude<TabStatus, { state: 'broken' }>): string {
  if (status.state !== 'ready') return 'Loading the model into this tab.'
  const { name, parameters, kernels, loadMs } = status.model
  const millions = (parameters / 1e6).toFixed(1)
  return `${name} is in this tab: ${millions} million parameters, loaded in ${formatMs(loadMs)}. Kernels: ${kernels}. The text stays here.`
}
