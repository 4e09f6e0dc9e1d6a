/** A file under a name of its own until it is whole and checked: `.part` behind the name, taken away when it is disposed of before `keep`. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { type ByteSource, handleSource } from '@edgewise/engine'

export class PartFile implements AsyncDisposable {
  readonly part: string
  readonly #path: string
  readonly #handle: FileHandle
  #kept = false

  constructor(path: string, part: string, handle: FileHandle) {
    this.#path = path
    this.part = part
    this.#handle = handle
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
    }
  }

  /** Sets its size (what was not written is zeros) and waits until it is on the disk. */
  async end(size: number): Promise<void> {
    await this.#handle.truncate(size)
    await this.#handle.sync()
  }

  /** What was written, to be read. */
  source(): Promise<ByteSource> {
    return handleSource(this.#handle, this.#path)
  }

  /** Gives it its name. */
  async keep(): Promise<void> {
    await rename(this.part, this.#path)
    this.#kept = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
    if (!this.#kept) await rm(this.part, { force: true })
  }
}

/** Throws what the file system throws. */
export async function openPart(path: string): Promise<PartFile> {
  const part = `${path}.part`
  return new PartFile(path, part, await open(part, 'w+'))
}
