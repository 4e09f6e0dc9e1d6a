/** The files of `edgewise quantize`: opened, checked and written with errors that tell people what to do. */
import { constants, type FileHandle, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BadOptionError } from '@edgewise/engine'

/** A file cannot be read or written, or is there and must not be replaced. */
export class FileError extends Error {
  readonly code: 'file_unreadable' | 'file_unwritable' | 'file_exists' | 'no_space'
  constructor(code: FileError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FileError'
    this.code = code
  }
}

/** Throws FileError when `path` is no file that can be read. */
export async function openInput(path: string): Promise<FileHandle> {
  const handle = await open(path).catch((cause: unknown): never => {
    throw new FileError('file_unreadable', `${path} cannot be opened (${reason(cause)}): check the name`, {
      cause,
    })
  })
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new FileError('file_unreadable', `${path} is not a file: name a GGUF file`)
}

/**
 * A file under a name of its own until it is whole: made by `openOutput`, given its name by `finish`, taken away when it is
 * disposed of before.
 */
export class OutputFile implements AsyncDisposable {
  readonly #path: string
  readonly #part: string
  readonly #handle: FileHandle
  #finished = false

  constructor(path: string, part: string, handle: FileHandle) {
    this.#path = path
    this.#part = part
    this.#handle = handle
  }

  /** Throws FileError. */
  async write(bytes: Uint8Array, at: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await this.#handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
      }
    } catch (cause) {
      throw unwritable(this.#path, cause)
    }
  }

  /** Sets its size (what was not written is zeros), waits until it is on the disk and gives it its name. */
  async finish(size: number): Promise<void> {
    try {
      await this.#handle.truncate(size)
      await this.#handle.sync()
      await this.#handle.close()
      await rename(this.#part, this.#path)
    } catch (cause) {
      throw unwritable(this.#path, cause)
    }
    this.#finished = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return
    await this.#handle.close()
    await rm(this.#part, { force: true })
  }
}

/**
 * Throws FileError when `path` cannot be written or its disk has less than `size` bytes free, BadOptionError when it is the
 * file that `input` reads. A file that has the name already keeps it until `finish`.
 */
export async function openOutput(path: string, size: number, input: FileHandle): Promise<OutputFile> {
  const [existing, read] = [await stat(path).catch(() => undefined), await input.stat()]
  if (existing && existing.ino === read.ino && existing.dev === read.dev) {
    throw new BadOptionError(`${path} is the input itself: give the output another name`)
  }
  if (existing && !existing.isFile()) {
    throw new FileError('file_unwritable', `${path} is there and is not a file: give the output another name`)
  }
  const folder = dirname(resolve(path))
  const disk = await statfs(folder).catch((cause: unknown): never => {
    throw unwritable(path, cause)
  })
  const free = disk.bavail * disk.bsize
  if (free < size) {
    throw new FileError(
      'no_space',
      `${path} needs ${megabytes(size)}, ${folder} has ${megabytes(free)} free: make room or write elsewhere`,
    )
  }
  const part = `${path}.${process.pid}.part`
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC
  const handle = await open(part, flags).catch((cause: unknown): never => {
    throw unwritable(path, cause)
  })
  return new OutputFile(path, part, handle)
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

function unwritable(path: string, cause: unknown): FileError {
  if (reason(cause) === 'ENOSPC') {
    return new FileError(
      'no_space',
      `${path} was not finished, the disk is full: make room or write elsewhere`,
      {
        cause,
      },
    )
  }
  return new FileError(
    'file_unwritable',
    `${path} cannot be written (${reason(cause)}): check that its folder is there and yours`,
    { cause },
  )
}

/** The system's own code, as ENOENT. */
function reason(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return String(cause)
}
