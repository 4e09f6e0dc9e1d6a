/**
 * A folder as a store of prompts' beginnings, for who wants them to outlive the process. They hold what prompts say, so the
 * folder and its files are their owner's alone. A file has its name only when all of it is there.
 */
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PrefixStore, StoredFile } from '@edgewise/engine'

/** What is on its way to its name; what a killed process left of it is swept after a while. */
const NEXT = '.next'
const SWEEP_MS = 10 * 60_000

/** The folder is made with the first file. Methods throw what the file system throws. */
export function prefixFolder(folder: string): PrefixStore {
  const remove = (name: string): Promise<void> => rm(join(folder, name), { force: true })
  return {
    async list() {
      const files: StoredFile[] = []
      for (const name of (await missing(readdir(folder))) ?? []) {
        const stat = await missing(lstat(join(folder, name)))
        if (!stat?.isFile()) continue
        if (!name.endsWith(NEXT)) files.push({ name, bytes: stat.size, writtenAt: stat.mtimeMs })
        else if (Date.now() - stat.mtimeMs > SWEEP_MS) await remove(name)
      }
      return files
    },
    async read(name) {
      const bytes = await missing(readFile(join(folder, name)))
      return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    },
    async write(name, bytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const next = `${name}.${randomUUID()}${NEXT}`
      try {
        const file = await open(join(folder, next), 'wx', 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(join(folder, next), join(folder, name))
      } catch (error) {
        await remove(next)
        throw error
      }
    },
    remove,
  }
}

/** Undefined where the file or the folder is not there (any more). */
async function missing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
