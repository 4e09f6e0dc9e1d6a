/**
 * The trace format as a stream: bytes in, items out, one after the other, in constant memory but for what it takes to find duplicates
 * (seen-ids.ts). A file that ends in the middle of a line is refused; one that was cut between two lines cannot be told from a whole one.
 */
import type { TraceItem } from '@edgewise/evidence'
import { gunzipped } from './bytes.ts'
import { linesOf } from './lines.ts'
import { SeenIds } from './seen-ids.ts'
import { TraceError } from './trace-error.ts'
import { parseTraceLine } from './trace-line.ts'

/**
 * The items of a trace, gzip or not. `file` is what errors call it. Blank lines are passed over. Errors: `trace_bad_line`,
 * `trace_duplicate`, `trace_empty`, `trace_too_long_line`, `trace_unreadable`; items that came before it have been given out by then.
 */
export async function* readTrace(
  bytes: AsyncIterable<Uint8Array>,
  file = 'the trace',
): AsyncGenerator<TraceItem> {
  const seen = new SeenIds()
  for await (const { first, texts } of linesOf(gunzipped(bytes, file), file)) {
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!
      if (isBlank(text)) continue
      const item = parseTraceLine(text, { file, line: first + i })
      if (!seen.add(item.task, item.id))
        throw new TraceError(
          'trace_duplicate',
          { file, line: first + i, field: 'id' },
          'an item of this task and id came before: give each item an id of its own',
        )
      yield item
    }
  }
  if (seen.size === 0)
    throw new TraceError('trace_empty', { file }, 'has no items: write one a line, see docs/traces.md')
}

export const isBlank = (text: string): boolean => text === '' || text.trim() === ''
