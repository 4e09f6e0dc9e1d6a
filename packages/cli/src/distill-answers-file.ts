/**
 * The answers of a teacher, a JSON line each as it comes, so that a run that was stopped goes on where it was and its budget holds. Made for
 * its owner alone, and for one process at a time. A line that was cut by a crash is taken off; a file that is no such file stays as it is.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import {
  type AnswerLine,
  type AnswersFileContent,
  type AnswersHeader,
  type AskedLine,
  type FailedLine,
  lockFor,
  readAnswers,
} from '@edgewise/student'
import { FileError } from './quantize-files.ts'

const taken = (path: string, pid: number): FileError =>
  new FileError(
    'file_exists',
    `process ${pid} writes to ${path}: wait until it ends, or name another file with --out`,
  )

export interface OpenAnswersFile extends Disposable {
  readonly content: AnswersFileContent
  readonly write: (line: AskedLine | FailedLine | AnswerLine) => void
}

/**
 * Opens or makes it; terms that are other than the file's were said now, and are written down. Throws FileError where it cannot be used, another process
 * writes to it, or it is of another task, teacher or instruction; StudentError `examples_invalid` for lines that are broken.
 */
export function openAnswersFile(path: string, header: AnswersHeader): OpenAnswersFile {
  using opened = new DisposableStack()
  opened.use(attempt(path, () => lockFor(dirname(path), `.${basename(path)}.`, (pid) => taken(path, pid))))
  const text = existsSync(path) ? attempt(path, () => readFileSync(path, 'utf8')) : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const first = lineOf(header)
  if (whole === '' && !first.startsWith(text.slice(0, BEGINNING)))
    throw new FileError('file_exists', `${path} is no file of answers: name another with --out`)
  const there = whole === '' ? null : readAnswers(whole, path)
  if (there !== null) mustBeOf(path, there.header, header)
  const next = first + whole.slice(whole.indexOf('\n') + 1)
  const isSaid = there !== null && JSON.stringify(there.header.terms) === JSON.stringify(header.terms)
  if (!isSaid || whole.length < text.length) attempt(path, () => replace(path, isSaid ? whole : next))
  const file = attempt(path, () => openSync(path, 'a', 0o600))
  opened.defer(() => closeSync(file))
  const content = there === null ? readAnswers(next, path) : { ...there, header }
  const kept = opened.move()
  return {
    content,
    write(line) {
      attempt(path, () => writeSync(file, lineOf(line)))
      // What a call may cost is on the disk before it is made.
      if ('mostUsd' in line) attempt(path, () => fsyncSync(file))
    },
    [Symbol.dispose]: () => kept.dispose(),
  }
}

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`

/** Bytes of a first line by which it is known, though it was cut. */
const BEGINNING = '{"format":"edgewise.answers/1"'.length

/** Whole on the disk before it takes the place of the other. */
function replace(path: string, text: string): void {
  const part = `${path}.${process.pid}.part`
  try {
    const file = openSync(part, 'w', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
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
    if (cause instanceof FileError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError(
      'file_unwritable',
      `${path} cannot be used (${code}): check its folder, or name another with --out`,
      { cause },
    )
  }
}
