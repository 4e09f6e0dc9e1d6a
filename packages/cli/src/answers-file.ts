/**
 * The answers of an evaluation, a JSON line each as it comes, so that a run that was stopped goes on where it was. Whoever may read the
 * examples may read it: it is made for its owner alone. A line that was cut by a crash is taken off; others that are no answers are counted.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { GradedAnswer } from '@edgewise/advisor'
import { FileError } from './quantize-files.ts'

export interface AnswersFile extends Disposable {
  /** Of earlier runs; of one that is there twice the last. */
  readonly kept: readonly GradedAnswer[]
  /** Lines that are no answers. */
  readonly strange: number
  add(answer: GradedAnswer): void
}

/** Throws FileError. */
export function openAnswers(path: string): AnswersFile {
  const file = attempt(path, () => openSync(path, 'a+', 0o600))
  const text = attempt(path, () => readFileSync(file, 'utf8'))
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) attempt(path, () => ftruncateSync(file, Buffer.byteLength(whole)))
  const kept = new Map<string, GradedAnswer>()
  let strange = 0
  for (const line of whole.split('\n').slice(0, -1)) {
    const answer = answerOf(line)
    if (answer === null) strange++
    else kept.set(JSON.stringify([answer.who, answer.id]), answer)
  }
  return {
    kept: [...kept.values()],
    strange,
    add: (answer) => void attempt(path, () => writeSync(file, `${JSON.stringify(answer)}\n`)),
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** What is read of it later, and no more, is checked. */
function answerOf(line: string): GradedAnswer | null {
  try {
    const { who, model, id, call, grader, text, grade, outcome, failed } = JSON.parse(line)
    const texts = [who, model, id, call, grader, text].every((value) => typeof value === 'string')
    const isScore = grade?.score === null || (grade?.score >= 0 && grade?.score <= 1)
    const isOutcome = typeof outcome?.signals === 'object' && outcome.signals !== null
    return texts && isScore && isOutcome && (failed === null || typeof failed === 'string')
      ? { who, model, id, call, grader, text, grade, failed, outcome }
      : null
  } catch {
    return null
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `${path} cannot be used (${code}): check its folder, or name another with --answers`
    throw new FileError('file_unwritable', message, { cause })
  }
}
