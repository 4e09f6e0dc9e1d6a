/**
 * The answers of a teacher, a JSON line each as it comes, so that a run that was stopped goes on where it was and its budget holds. Made for
 * its owner alone. A line that was cut by a crash is taken off.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import {
  type AnswerLine,
  type AnswersFileContent,
  type AnswersHeader,
  type AskedLine,
  type FailedLine,
  readAnswers,
} from '@edgewise/student'
import { FileError } from './quantize-files.ts'

export interface OpenAnswersFile extends Disposable {
  readonly content: AnswersFileContent
  readonly write: (line: AskedLine | FailedLine | AnswerLine) => void
}

/**
 * Opens or makes it. Throws FileError where it cannot be used or is of another task, teacher or instruction, StudentError `examples_invalid` for
 * lines that are broken.
 */
export function openAnswersFile(path: string, header: AnswersHeader): OpenAnswersFile {
  const file = attempt(path, () => openSync(path, 'a+', 0o600))
  try {
    const text = attempt(path, () => readFileSync(file, 'utf8'))
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) attempt(path, () => ftruncateSync(file, Buffer.byteLength(whole)))
    const put = (value: object): void =>
      void attempt(path, () => writeSync(file, `${JSON.stringify(value)}\n`))
    if (whole === '') put(header)
    const content = readAnswers(whole === '' ? `${JSON.stringify(header)}\n` : whole, path)
    mustBeOf(path, content.header, header)
    return {
      content,
      write(line) {
        put(line)
        // What a call may cost is on the disk before it is made.
        if ('mostUsd' in line) attempt(path, () => fsyncSync(file))
      },
      [Symbol.dispose]: () => closeSync(file),
    }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function mustBeOf(path: string, there: AnswersHeader, wanted: AnswersHeader): void {
  for (const key of ['task', 'teacher', 'instructions'] as const)
    if (there[key] !== wanted[key])
      throw new FileError(
        'file_exists',
        `${path} has answers of another ${key === 'instructions' ? 'instruction' : key} (${JSON.stringify(there[key])}): name another file with --out`,
      )
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError(
      'file_unwritable',
      `${path} cannot be used (${code}): check its folder, or name another with --out`,
      {
        cause,
      },
    )
  }
}
