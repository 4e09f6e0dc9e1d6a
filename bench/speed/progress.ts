/** What the benchmark is at, on standard error: one line that is written over where that is a terminal. */
let shown = false

export function note(text: string): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\r\x1b[2K${text}`)
  shown = true
}

/** A line that stays. */
export function say(text: string): void {
  process.stderr.write(`${shown ? '\r\x1b[2K' : ''}${text}\n`)
  shown = false
}
