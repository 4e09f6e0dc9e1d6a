/**
 * Items to a file of the trace format, gzip where its name ends in `.gz`. The file appears whole or not at all: it is written beside its
 * place under another name and renamed, so what was there before stays when anything goes wrong.
 */
import { createWriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { TraceItem } from '@edgewise/evidence'
import { TraceError } from './trace-error.ts'
import { formatTraceLine } from './trace-line.ts'

const BLOCK_CHARACTERS = 256 * 1024

/**
 * Returns how many items were written. Errors: `trace_empty` for none, `trace_bad_line` for an item that could not be read back,
 * `trace_unwritable`, and what `items` throws.
 */
export async function writeTrace(
  path: string,
  items: AsyncIterable<TraceItem> | Iterable<TraceItem>,
): Promise<number> {
  const target = await targetOf(path)
  const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`)
  const blocks = new Blocks(items)
  try {
    const text = Readable.from(blocks.texts())
    const file = createWriteStream(part)
    await (path.endsWith('.gz') ? pipeline(text, createGzip(), file) : pipeline(text, file))
    if (blocks.items === 0)
      throw new TraceError('trace_empty', { file: path }, 'is not written: there are no items')
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true }).catch(() => {})
    if (error instanceof TraceError || error === blocks.error) throw error
    throw unwritable(path, String((error as NodeJS.ErrnoException).code), error)
  }
  return blocks.items
}

/** Where a link leads, so that it stays one. A pipe or a device is refused: renaming would put a file in its place. */
async function targetOf(path: string): Promise<string> {
  const target = await realpath(path).catch(() => null)
  if (target === null) return path
  if (!(await stat(target)).isFile()) throw unwritable(path, 'no file')
  return target
}

function unwritable(file: string, why: string, cause?: unknown): TraceError {
  const problem = `cannot be written (${why}): check the folder and the room in it, or name another file`
  return new TraceError('trace_unwritable', { file }, problem, { cause })
}

/** Lines in blocks, since a write for each would cost more than making it. */
class Blocks {
  items = 0
  /** What making them threw. */
  error: unknown
  readonly #from: AsyncIterable<TraceItem> | Iterable<TraceItem>

  constructor(from: AsyncIterable<TraceItem> | Iterable<TraceItem>) {
    this.#from = from
  }

  async *texts(): AsyncGenerator<string> {
    let block = ''
    for await (const item of this.#source()) {
      block += `${formatTraceLine(item)}\n`
      this.items++
      if (block.length < BLOCK_CHARACTERS) continue
      yield block
      block = ''
    }
    yield block
  }

  /** Apart from what writes the blocks, whose errors are thrown into `texts` as well. */
  async *#source(): AsyncGenerator<TraceItem> {
    try {
      yield* this.#from
    } catch (error) {
      this.error = error
      throw error
    }
  }
}
