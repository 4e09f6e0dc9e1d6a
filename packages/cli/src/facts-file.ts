/**
 * The facts of a folder: those that come with Edgewise, with the user's own rows of `edgewise.facts.json` in it merged over them. Written
 * by `edgewise facts update` and `edgewise measure`, read by everything that advises.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FactRows, type Facts, facts, mergeFacts, mergeRows, readRows } from '@edgewise/advisor'
import { FileError } from './quantize-files.ts'
import { writeWhole } from './write-whole.ts'

/** Looked for in the working folder. */
export const factsFileName = 'edgewise.facts.json'

export interface OwnFacts {
  readonly file: string
  readonly rows: FactRows
  /** The bundled facts with the rows merged over them. */
  readonly facts: Facts
}

/** The bundled facts where the folder has no file of its own. Throws AdvisorError `facts_invalid`, or FileError. */
export async function readFacts(folder: string): Promise<Facts> {
  return (await readOwnFacts(folder)).facts
}

/** The same, with the user's rows by themselves. */
export async function readOwnFacts(folder: string): Promise<OwnFacts> {
  const file = join(folder, factsFileName)
  const text = await readIfThere(file)
  const rows = readRows(text ?? '{}', file)
  return { file, rows, facts: mergeFacts(facts, rows, file) }
}

/**
 * Adds `later` to the folder's rows, replacing those with its ids. Nothing is written unless all rows stand together; what was there stays
 * until the new file is whole. `where` names `later` in errors. Throws AdvisorError `facts_invalid`, or FileError.
 */
export async function updateFacts(folder: string, later: FactRows, where: string): Promise<OwnFacts> {
  const before = await readOwnFacts(folder)
  mergeFacts(before.facts, later, where)
  const rows = mergeRows(before.rows, later)
  const merged = mergeFacts(facts, rows, before.file)
  await writeWhole(before.file, `${JSON.stringify(rows, null, 2)}\n`)
  return { file: before.file, rows, facts: merged }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new FileError(
      'file_unreadable',
      `${file} cannot be read (${code}): check that it is a file and yours`,
      {
        cause,
      },
    )
  }
}
