/** How an evaluation is told while it runs: one line that changes on a terminal, a line now and then in a log. */
import { spinner } from '@clack/prompts'
import type { Progress } from '@edgewise/advisor'

export interface ProgressView {
  show(progress: Progress): void
  close(): void
}

const LINE_MS = 10_000

/** On standard error. */
export function openProgress(): ProgressView {
  const drawn = process.stderr.isTTY ? spinner({ output: process.stderr }) : null
  drawn?.start('asking')
  // The spinner would take Ctrl+C as a key and end the process at once; as a signal it lets the answers so far be kept.
  if (drawn && process.stdin.isTTY) process.stdin.setRawMode(false)
  const started = new Map<string, { readonly at: number; readonly done: number }>()
  let told = performance.now()
  return {
    show({ who, done, of }) {
      const now = performance.now()
      const first = started.get(who)
      // What was kept goes by in no time: the pace is that of the answers since the first one that was told.
      if (first === undefined) started.set(who, { at: now, done })
      const every = drawn ? 100 : LINE_MS
      if (now - told < every && done < of) return
      if (!drawn && done === of && first === undefined) return
      told = now
      const pace = first === undefined || done === first.done ? null : (now - first.at) / (done - first.done)
      const left = pace === null || done === of ? '' : `, ${duration((of - done) * pace)} left`
      const line = `${who}: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}${left}`
      if (drawn) drawn.message(line)
      else if (now - started.get(who)!.at >= LINE_MS) console.error(line)
    },
    close: () => drawn?.clear(),
  }
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}
