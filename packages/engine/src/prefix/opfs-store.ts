/**
 * Files in the browser's private file system, which only pages of this origin see. It needs a secure context; where it is
 * missing or full, what the browser throws comes through. A file is replaced when all of it was written, not before.
 */
import type { PrefixStore, StoredFile } from './stored-prefixes.ts'

/** `folder` is made when it is not there. Throws what the browser throws: DOMException, TypeError. */
export async function opfsStore(folder = 'edgewise-prefixes'): Promise<PrefixStore> {
  const root = await navigator.storage.getDirectory()
  const directory = await root.getDirectoryHandle(folder, { create: true })
  return {
    async list() {
      const files: StoredFile[] = []
      for await (const [name, handle] of directory.entries()) {
        const file = await missing(() => (handle as FileSystemFileHandle).getFile())
        if (file) files.push({ name, bytes: file.size, writtenAt: file.lastModified })
      }
      return files
    },
    async read(name) {
      return await missing(async () => {
        const handle = await directory.getFileHandle(name)
        return new Uint8Array(await (await handle.getFile()).arrayBuffer())
      })
    },
    async write(name, bytes) {
      const handle = await directory.getFileHandle(name, { create: true })
      const writing = await handle.createWritable()
      try {
        await writing.write(bytes)
        await writing.close()
      } catch (error) {
        await writing.abort().catch(() => {})
        throw error
      }
    },
    async remove(name) {
      await missing(() => directory.removeEntry(name))
    },
  }
}

/** Undefined where the file is not there (any more). */
async function missing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if ((error as DOMException).name === 'NotFoundError') return undefined
    throw error
  }
}
