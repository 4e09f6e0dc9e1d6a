/** How a distillation is told while it runs: the stage, and of training the loss, tokens/s and the time left; on standard error. */
import { progress } from '@clack/prompts'
import type { DistilEvents } from '@edgewise/student'

const LINE_MS = 10_000
const REDRAW_MS = 100

/** A bar on a terminal, a line now and then in a log. */
export function openDistilView(): DistilEvents & { readonly close: () => void } {
  const { isTTY } = process.stderr
  let stage = ''
  let [at, shown] = [0, 0]
  let bar: ReturnType<typeof progress> | null = null
  const close = (): void => {
    bar?.clear()
    bar = null
  }
  const show = (done: number, of: number, line: string): void => {
    const now = performance.now()
    if (now - at < (isTTY ? REDRAW_MS : LINE_MS) && done < of) return
    at = now
    if (!isTTY) return void console.error(line)
    if (bar === null) {
      bar = progress({ max: 100, output: process.stderr })
      bar.start(stage)
      // The bar would take Ctrl+C as a key and end the process at once; as a signal it leaves a checkpoint.
      if (process.stdin.isTTY) process.stdin.setRawMode(false)
      shown = 0
    }
    const percent = Math.floor((100 * done) / of)
    bar.advance(Math.max(0, percent - shown), line)
    shown = Math.max(shown, percent)
  }
  let left = 0
  return {
    stage(what) {
      close()
      stage = what
      left = 0
      if (!isTTY) console.error(what)
      at = isTTY ? 0 : performance.now()
    },
    step({ step, steps, loss, tokens, tokensPerSecond }) {
      left += tokens
      const seconds = tokensPerSecond > 0 ? ((left / step) * (steps - step)) / tokensPerSecond : 0
      show(
        step,
        steps,
        `${stage}: step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond).toLocaleString('en')} tokens/s, ${duration(seconds)} left`,
      )
    },
    answered(done, of) {
      show(done, of, `${stage}: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`)
    },
    close,
  }
}

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
