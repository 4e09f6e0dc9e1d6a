/** Files that a distillation reads and writes, with errors that say what to do. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileError } from './quantize-files.ts'

/** Throws FileError. */
export const readTextFile = async (path: string): Promise<string> =>
  new TextDecoder().decode(await readBytesFile(path))

/** Throws FileError. */
export const readBytesFile = async (path: string): Promise<Uint8Array> =>
  await readFile(path).catch((cause: NodeJS.ErrnoException): never => {
    throw new FileError('file_unreadable', `${path} cannot be read (${cause.code}): check the name`, {
      cause,
    })
  })

/** Whole or not there; its folder is made. Throws FileError. */
export async function writeFileWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(part, content)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError(
      'file_unwritable',
      `${path} cannot be written (${code}): check that its folder is yours`,
      { cause },
    )
  }
}
