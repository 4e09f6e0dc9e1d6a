/**
 * What goes wrong with a file of outcomes. The message names the file, the line and the field, says what is wrong there and what to do
 * next. It never repeats what a line says: a prompt may be private, and errors end up in logs.
 */

/**
 * - `trace_not_found`: no file or folder of that name.
 * - `trace_unreadable`: it cannot be read: no permission, or compressed data that is damaged or cut.
 * - `trace_unknown_format`: neither the trace format nor one of the known sets.
 * - `trace_empty`: no item in it.
 * - `trace_bad_line`: a line that does not fit its format.
 * - `trace_duplicate`: a second item of the same task and id.
 * - `trace_too_long_line`: a line of more than 16 MiB.
 * - `trace_unwritable`: it cannot be written.
 */
export type TraceErrorCode =
  | 'trace_not_found'
  | 'trace_unreadable'
  | 'trace_unknown_format'
  | 'trace_empty'
  | 'trace_bad_line'
  | 'trace_duplicate'
  | 'trace_too_long_line'
  | 'trace_unwritable'

/** A place in a file; lines count from 1. */
export interface TracePlace {
  readonly file: string
  readonly line?: number
  /** `models.gpt-4o.score`, or a column. */
  readonly field?: string
}

export class TraceError extends Error {
  override readonly name: string = 'TraceError'
  readonly code: TraceErrorCode
  readonly place: TracePlace

  /** `problem` says what is wrong and the next step. */
  constructor(code: TraceErrorCode, place: TracePlace, problem: string, options?: ErrorOptions) {
    super(`${told(place)}: ${problem}`, options)
    this.code = code
    this.place = place
  }
}

function told({ file, line, field }: TracePlace): string {
  return [file, ...(line === undefined ? [] : [`line ${line}`]), ...(field ? [short(field)] : [])].join(', ')
}

/** Names come from the file too: without control characters, and no longer than a name is. */
function short(name: string): string {
  const plain = name.replace(/\p{Cc}/gu, '?')
  return plain.length <= 100 ? plain : `${plain.slice(0, 99)}…`
}
