/** A file on this machine as a source of bytes. */
import { open } from 'node:fs/promises'
import { type ByteSource, handleSource } from '@edgewise/engine'

export interface FileSource extends ByteSource, AsyncDisposable {}

/** Dispose it when the model is open: its bytes are in the engine's memory then. Throws what `open` throws, or SourceError. */
export async function openFile(path: string): Promise<FileSource> {
  const handle = await open(path)
  try {
    const source = await handleSource(handle, path)
    return { ...source, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}
