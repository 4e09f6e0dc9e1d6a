/** A text file that is whole or not there. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { FileError } from './quantize-files.ts'

/** Under a name of its own until it is whole; what is there already stays until then. Rejects with FileError. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    await writeFile(part, text)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    const { code } = cause as NodeJS.ErrnoException
    throw new FileError(
      'file_unwritable',
      `${path} cannot be written (${code}): check that its folder is there and yours`,
      { cause },
    )
  }
}
