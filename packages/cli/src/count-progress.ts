/** How long work without a known end is told while it runs: a count that goes up on a terminal, a line now and then in a log. */
import { spinner } from '@clack/prompts'

export interface CountView {
  /** Cheap enough to be called for every item. */
  show(count: number): void
  close(): void
}

const REDRAW_MS = 200
const LINE_MS = 10_000

/** `what` is counted, "items read". Standard error is for the progress, standard output for the result. */
export function openCount(what: string): CountView {
  const drawn = process.stderr.isTTY ? spinner({ output: process.stderr }) : null
  drawn?.start(what)
  // The spinner would take Ctrl+C as a key and end the process at once; as a signal it lets what was half written be removed.
  if (drawn && process.stdin.isTTY) process.stdin.setRawMode(false)
  const every = drawn ? REDRAW_MS : LINE_MS
  let at = performance.now()
  return {
    show(count) {
      // The clock is looked at once in a while only.
      if (count % 256 !== 0 || performance.now() - at < every) return
      at = performance.now()
      const line = `${count.toLocaleString('en')} ${what}`
      if (drawn) drawn.message(line)
      else console.error(line)
    },
    close: () => drawn?.clear(),
  }
}
