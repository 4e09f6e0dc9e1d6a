/** How a download is told while it runs: a bar with speed and time left on a terminal, a line for each tenth in a log. */
import { basename } from 'node:path'
import { progress } from '@clack/prompts'
import type { PullProgress } from '@edgewise/hub'
import { megabytes } from './quantize-files.ts'

export interface ProgressView {
  onProgress(progress: PullProgress): void
  close(): void
}

const REDRAW_MS = 200

/** Standard error is for the progress, standard output for the result. */
export function openProgress(name: string): ProgressView {
  return process.stderr.isTTY ? bar(basename(name)) : lines(basename(name))
}

function bar(name: string): ProgressView {
  const drawn = progress({ max: 1000, output: process.stderr })
  drawn.start(name)
  // The bar would take Ctrl+C as a key and end the process at once; as a signal it stops the download, which can go on later.
  if (process.stdin.isTTY) process.stdin.setRawMode(false)
  const speed = speedometer()
  let shown = 0
  let drawnAt = 0
  return {
    onProgress(progress) {
      const bytesPerSecond = speed(progress, performance.now())
      const now = performance.now()
      if (now - drawnAt < REDRAW_MS && progress.done < progress.total) return
      drawnAt = now
      const share =
        progress.phase === 'downloading' ? Math.floor((1000 * progress.done) / progress.total) : shown
      drawn.advance(Math.max(0, share - shown), describe(name, progress, bytesPerSecond))
      shown = Math.max(shown, share)
    },
    close: () => drawn.clear(),
  }
}

function lines(name: string): ProgressView {
  const speed = speedometer()
  let told = ''
  return {
    onProgress(progress) {
      const bytesPerSecond = speed(progress, performance.now())
      const step = `${progress.phase} ${Math.floor((10 * progress.done) / progress.total)}`
      if (step === told) return
      told = step
      console.error(describe(name, progress, bytesPerSecond))
    },
    close: () => {},
  }
}

/** One line for people; `bytesPerSecond` is undefined as long as it says nothing. */
export function describe(
  name: string,
  { phase, done, total }: PullProgress,
  bytesPerSecond?: number,
): string {
  const amount = `${size(done)} of ${size(total)}`
  if (phase === 'verifying') return `${name}: verifying ${amount}`
  if (phase === 'waiting') return `${name}: another process downloads it, ${amount}`
  if (!bytesPerSecond) return `${name}: ${amount}`
  return `${name}: ${amount}, ${size(bytesPerSecond)}/s, ${duration((total - done) / bytesPerSecond)} left`
}

export function size(bytes: number): string {
  return bytes < 1e9 ? megabytes(bytes) : `${(bytes / 1e9).toFixed(2)} GB`
}

/** Bytes a second over the last few seconds; what was there before the first call does not count. */
export function speedometer(windowMs = 5000): (progress: PullProgress, now: number) => number | undefined {
  let marks: { at: number; done: number; phase: string }[] = []
  return ({ phase, done }, now) => {
    if (marks.at(-1)?.phase !== phase) marks = []
    if (marks.length === 0 || now - marks.at(-1)!.at >= REDRAW_MS) marks.push({ at: now, done, phase })
    while (marks.length > 2 && now - marks[1]!.at > windowMs) marks.shift()
    const { at, done: before } = marks[0]!
    return now - at < REDRAW_MS ? undefined : ((done - before) * 1000) / (now - at)
  }
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'some time'
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.ceil(whole / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
