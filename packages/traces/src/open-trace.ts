/**
 * Any file of outcomes that Edgewise knows, as items: its own trace format, or a public set. What a file is, its first line tells, never
 * its name. A folder is all files of outcomes in it, in the order of their names; folders inside it are not entered.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TraceItem } from '@edgewise/evidence'
import { fileBytes, fileError, gunzipped } from './bytes.ts'
import { longestLine } from './lines.ts'
import { readTrace } from './read-trace.ts'
import { SeenIds } from './seen-ids.ts'
import { banking77 } from './sets/banking77.ts'
import { bfcl } from './sets/bfcl.ts'
import { routellm } from './sets/routellm.ts'
import { routerarena } from './sets/routerarena.ts'
import type { Header, TraceSet } from './sets/trace-set.ts'
import { zellinger } from './sets/zellinger.ts'
import { TraceError } from './trace-error.ts'

const sets: readonly TraceSet[] = [zellinger, routellm, bfcl, routerarena, banking77]

/** What is in a file: the trace format, a set's outcomes, a set's other file, or something else. */
type Content = 'trace' | 'companion' | 'unknown' | TraceSet

/**
 * The items of a file or a folder. Nothing is opened before the first item is asked for. Errors: all of `TraceErrorCode` but
 * `trace_unwritable`; whoever keeps items as they come must drop them when one is thrown.
 */
export async function* openTrace(path: string): AsyncGenerator<TraceItem> {
  const found = await stat(path).catch((error) => {
    throw fileError(path, error)
  })
  if (found.isFile()) {
    const content = await contentOf(path)
    if (typeof content === 'string' && content !== 'trace') throw unknownFormat(path)
    yield* itemsOf(content, [path])
    return
  }
  if (!found.isDirectory())
    throw new TraceError(
      'trace_unreadable',
      { file: path },
      'is neither a file nor a folder: write it to a file',
    )
  const files: string[] = []
  for (const name of (await readdir(path)).sort()) {
    const file = join(path, name)
    if ((await stat(file)).isFile()) files.push(file)
  }
  const traces: string[] = []
  const filesOf = new Map<TraceSet, string[]>()
  for (const file of files) {
    const content = await contentOf(file)
    if (content === 'trace') traces.push(file)
    else if (typeof content !== 'string') filesOf.set(content, [...(filesOf.get(content) ?? []), file])
    // Half a folder would be worse than none of it. What does not look like data (a licence, a note) is no part of it.
    else if (content === 'unknown' && /\.(csv|jsonl)(\.gz)?$/.test(file)) throw unknownFormat(file)
  }
  if (traces.length === 0 && filesOf.size === 0) throw unknownFormat(path)
  yield* once(itemsOfAll(traces, filesOf), path)
}

async function* itemsOfAll(
  traces: readonly string[],
  filesOf: ReadonlyMap<TraceSet, readonly string[]>,
): AsyncGenerator<TraceItem> {
  for (const file of traces) yield* itemsOf('trace', [file])
  for (const [set, files] of filesOf) yield* itemsOf(set, files)
}

/** The same items, none of them twice. A file knows its own duplicates; these are those among files. */
async function* once(items: AsyncIterable<TraceItem>, path: string): AsyncGenerator<TraceItem> {
  const seen = new SeenIds()
  for await (const item of items) {
    if (!seen.add(item.task, item.id))
      throw new TraceError(
        'trace_duplicate',
        { file: path },
        'two of its files have an item of the same task and id: read them one by one',
      )
    yield item
  }
}

async function* itemsOf(content: 'trace' | TraceSet, files: readonly string[]): AsyncGenerator<TraceItem> {
  if (content === 'trace') return yield* readTrace(fileBytes(files[0]!), files[0])
  let some = false
  for await (const item of content.read(files)) {
    some = true
    yield item
  }
  if (!some)
    throw new TraceError(
      'trace_empty',
      { file: files[0]! },
      `is a file of ${content.name} without a row: fetch the set again`,
    )
}

async function contentOf(file: string): Promise<Content> {
  const line = await firstLine(file)
  if (line === '') throw new TraceError('trace_empty', { file }, 'has no items: is this the right file?')
  const header = headerOf(line)
  const set = sets.find((one) => one.outcomes(header))
  if (set) return set
  if (sets.some((one) => one.companion(header))) return 'companion'
  return isTraceLine(line, header) ? 'trace' : 'unknown'
}

/** A line that was meant to be one is read as one, so that its error says what is wrong with it. */
function isTraceLine(line: string, { names }: Header): boolean {
  return (
    line.startsWith('{') &&
    (names.length === 0 || ['id', 'task', 'models'].some((key) => names.includes(key)))
  )
}

/** No names: neither JSON that is whole nor a CSV. */
function headerOf(line: string): Header {
  if (!line.startsWith('{'))
    return { kind: 'csv', names: line.split(',').map((name) => name.replaceAll('"', '').trim()) }
  try {
    return { kind: 'json', names: Object.keys(JSON.parse(line)) }
  } catch {
    return { kind: 'json', names: [] }
  }
}

/** The first line that is not blank, without blanks around it; '' when there is none. What is no UTF-8 in it is replaced. */
async function firstLine(file: string): Promise<string> {
  const read: Uint8Array[] = []
  let length = 0
  for await (const chunk of gunzipped(fileBytes(file), file)) {
    read.push(chunk)
    length += chunk.length
    if (!chunk.includes(NEWLINE) && length <= longestLine) continue
    const text = textOf(read)
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end).trimEnd()
    if (length > longestLine) return text
  }
  return textOf(read).trimEnd()
}

const NEWLINE = 10

/** From the first character that is not blank. */
const textOf = (chunks: readonly Uint8Array[]): string =>
  Buffer.concat(chunks)
    .toString()
    .replace(/^\ufeff/, '')
    .trimStart()

function unknownFormat(file: string): TraceError {
  const known = [
    'the trace format (JSONL, docs/traces.md)',
    ...sets.map(({ name, what }) => `${name} (${what})`),
  ]
  return new TraceError(
    'trace_unknown_format',
    { file },
    `is none of what is understood: ${known.join('; ')}`,
  )
}
