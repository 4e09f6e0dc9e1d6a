/**
 * Bytes to lines of text, in constant memory. UTF-8 is checked, a byte order mark at the start goes, a line may end with CR LF, and
 * the last one needs no end. Lines come in batches, one a chunk, since a turn of the event loop for each would cost more than reading it.
 */
import { isUtf8 } from 'node:buffer'
import { TraceError } from './trace-error.ts'

/** Bytes; a longer line is a file of another kind, or one that would not fit in memory either. */
export const longestLine: number = 16 * 2 ** 20

export interface Lines {
  /** Number of the first of them in the file, from 1. */
  readonly first: number
  readonly texts: readonly string[]
}

const NEWLINE = 10

/** Errors: `trace_bad_line` for bytes that are no UTF-8, `trace_too_long_line`, and what `bytes` throws. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Lines> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let first = 1
  for await (const chunk of bytes) {
    const end = chunk.lastIndexOf(NEWLINE)
    const head = end < 0 ? chunk : chunk.subarray(0, end)
    held.push(head)
    heldBytes += head.length
    if (heldBytes > longestLine) refuseLong(held, first, file)
    if (end < 0) continue
    const texts = decoded(Buffer.concat(held), first, file)
    yield { first, texts }
    first += texts.length
    held = [chunk.subarray(end + 1)]
    heldBytes = held[0]!.length
  }
  if (heldBytes > 0) yield { first, texts: decoded(Buffer.concat(held), first, file) }
}

function decoded(block: Buffer, first: number, file: string): string[] {
  if (!isUtf8(block)) refuseBytes(block, first, file)
  const text = block.toString()
  return (first === 1 && text.startsWith('\ufeff') ? text.slice(1) : text).split('\n')
}

function refuseLong(held: readonly Uint8Array[], first: number, file: string): void {
  for (const [i, line] of splitBytes(Buffer.concat(held)).entries())
    if (line.length > longestLine)
      throw new TraceError(
        'trace_too_long_line',
        { file, line: first + i },
        `is longer than ${longestLine / 2 ** 20} MiB: write one item a line, with a digest in place of a prompt as long as that`,
      )
}

function refuseBytes(block: Buffer, first: number, file: string): never {
  const line = first + splitBytes(block).findIndex((bytes) => !isUtf8(bytes))
  throw new TraceError('trace_bad_line', { file, line }, 'is no UTF-8: write the file as UTF-8')
}

function splitBytes(block: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let from = 0
  for (let end = 0; (end = block.indexOf(NEWLINE, from)) >= 0; from = end + 1)
    lines.push(block.subarray(from, end))
  return [...lines, block.subarray(from)]
}
