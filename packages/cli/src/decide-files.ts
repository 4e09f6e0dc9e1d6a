/** The files of `edgewise decide`: what it reads, and what it writes of a verdict. */
import { lstat, readFile, writeFile } from 'node:fs/promises'
import { type Facts, type Verdict, verdictHtml, verdictMarkdown } from '@edgewise/advisor'
import { FileError } from './quantize-files.ts'
import { writeWhole } from './write-whole.ts'

/** What a file of this ending is written with. */
export const verdictWriters: {
  readonly [ending: string]: (verdict: Verdict, facts: Facts) => string
} = {
  '.html': verdictHtml,
  '.md': verdictMarkdown,
  '.json': verdictJson,
}

/** Each prediction on a line of its own: there are hundreds, and a difference of two files can be read. */
function verdictJson({ predictions, ...rest }: Verdict): string {
  const lines = predictions.map((prediction) => `    ${JSON.stringify(prediction)}`)
  return `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "predictions": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** The ending of the name, in lower case, where a verdict can be written so. */
export const endingOf = (path: string): string | undefined =>
  Object.keys(verdictWriters).find((ending) => path.toLowerCase().endsWith(ending))

export async function writeVerdict(path: string, verdict: Verdict, facts: Facts): Promise<void> {
  await writeWhole(path, verdictWriters[endingOf(path)!]!(verdict, facts))
}

/** `what` says in the error what to name. Rejects with FileError. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError('file_unreadable', `${path} cannot be read (${code}): name ${what}`, { cause })
  }
}

/** Rejects with FileError where something has that name. */
export async function assertAbsent(path: string): Promise<void> {
  // A link that leads nowhere is there, too.
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  )
  if (isThere) throw isThereAlready(path)
}

/** Rejects with FileError, and leaves what is there, where something has that name by now. */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') throw isThereAlready(path, cause)
    throw new FileError(
      'file_unwritable',
      `${path} cannot be written (${code}): check that its folder is there and yours`,
      { cause },
    )
  }
}

const isThereAlready = (path: string, cause?: unknown): FileError =>
  new FileError('file_exists', `${path} is there already: name another file, or say --force`, { cause })
