/**
 * A file that is not all there: the bytes that have come, and beside them the list of which these are. The list never
 * promises more than the disk has: bytes are flushed before they are listed. So a process may be killed at any time.
 */
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { Place } from './addresses.ts'
import { addRange, areRanges, missingRanges, type Range, sumRanges } from './ranges.ts'

interface State {
  readonly version: 1
  readonly content: string
  readonly size: number
  readonly done: readonly Range[]
}

export class PartFile implements AsyncDisposable {
  readonly size: number
  readonly #place: Place
  readonly #content: string
  readonly #handle: FileHandle
  #done: readonly Range[]
  #saving: Promise<void> = Promise.resolve()

  private constructor(
    place: Place,
    content: string,
    size: number,
    handle: FileHandle,
    done: readonly Range[],
  ) {
    this.#place = place
    this.#content = content
    this.size = size
    this.#handle = handle
    this.#done = done
  }

  /** Goes on with what is there if it is of the same content, else begins anew. */
  static async open(place: Place, content: string, size: number): Promise<PartFile> {
    const state = await readState(place)
    const goesOn = state?.content === content && state.size === size
    if (!goesOn) await rm(place.state, { force: true })
    const handle = await open(place.part, goesOn ? 'r+' : 'w+').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (handle) return new PartFile(place, content, size, handle, goesOn ? state.done : [])
    // A list without its bytes.
    await rm(place.state, { force: true })
    return new PartFile(place, content, size, await open(place.part, 'w+'), [])
  }

  get doneBytes(): number {
    return sumRanges(this.#done)
  }

  missing(piece: number): Range[] {
    return missingRanges(this.#done, this.size, piece)
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, from, bytes.length - from, at + from)
      from += bytesWritten
    }
    this.#done = addRange(this.#done, [at, at + bytes.length])
  }

  /** Flushes the bytes, then lists them. Calls queue up. */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(() => {}).then(() => this.#save())
    return this.#saving
  }

  async #save(): Promise<void> {
    const state: State = { version: 1, content: this.#content, size: this.size, done: this.#done }
    await this.#handle.datasync()
    const next = `${this.#place.state}.next`
    await writeFile(next, JSON.stringify(state))
    await rename(next, this.#place.state)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#saving.catch(() => {})
    await this.#handle.close()
  }
}

/** Bytes there are of a part, for who waits for another process; undefined when it cannot be told. */
export async function partProgress(place: Place): Promise<{ done: number; total: number } | undefined> {
  const state = await readState(place)
  return state && { done: sumRanges(state.done), total: state.size }
}

export async function removePart(place: Place): Promise<void> {
  for (const path of [place.state, `${place.state}.next`, place.part]) await rm(path, { force: true })
}

/** undefined when there is none, or none that can be believed. */
async function readState(place: Place): Promise<State | undefined> {
  try {
    const state = JSON.parse(await readFile(place.state, 'utf8')) as Partial<State>
    const { version, content, size, done } = state
    if (version !== 1 || typeof content !== 'string' || typeof size !== 'number') return undefined
    return areRanges(done, size) ? { version, content, size, done } : undefined
  } catch {
    return undefined
  }
}
