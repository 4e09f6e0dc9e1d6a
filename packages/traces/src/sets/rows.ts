/**
 * Rows of a set's files, CSV or JSONL, each with its line: values are taken by name and checked, and what does not fit is an error
 * that names file, line and column, never the value.
 */
import { Readable } from 'node:stream'
import { NOTHING_KNOWN, type Outcome } from '@edgewise/evidence'
import { CsvError, parse } from 'csv-parse'
import { fileBytes, gunzipped } from '../bytes.ts'
import { linesOf } from '../lines.ts'
import { TraceError } from '../trace-error.ts'

const again = 'fetch the set again'

export class Row {
  readonly file: string
  /** Where it ends. */
  readonly line: number
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>, file: string, line: number) {
    this.#values = values
    this.file = file
    this.line = line
  }

  get columns(): string[] {
    return Object.keys(this.#values)
  }

  text(column: string): string {
    const value = this.#values[column]
    if (typeof value === 'string') return value
    throw this.bad(column, `must be a text: ${again}`)
  }

  /** A finite number, from `min` on; null where the column is empty. */
  number(column: string, min: number = Number.NEGATIVE_INFINITY): number | null {
    const value = this.#values[column]
    if (value === '' || value === null) return null
    const number = typeof value === 'string' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number) && number >= min) return number
    throw this.bad(
      column,
      `must be a finite number${min === Number.NEGATIVE_INFINITY ? '' : ` from ${min}`}: ${again}`,
    )
  }

  /** A whole number from 0, or null. */
  count(column: string): number | null {
    const number = this.number(column, 0)
    if (number === null || Number.isSafeInteger(number)) return number
    throw this.bad(column, `must be a whole number: ${again}`)
  }

  /** 1 where the column says `right`, 0 where it says `wrong`. */
  score(column: string, right: string, wrong: string): number {
    const value = this.#values[column]
    if (value === right || value === wrong) return Number(value === right)
    throw this.bad(column, `must be ${right} or ${wrong}: ${again}`)
  }

  object(column: string): Row {
    const value = this.#values[column]
    if (typeof value === 'object' && value !== null)
      return new Row(value as Record<string, unknown>, this.file, this.line)
    throw this.bad(column, `must be an object: ${again}`)
  }

  bad(field: string, problem: string): TraceError {
    return new TraceError('trace_bad_line', { file: this.file, line: this.line, field }, problem)
  }
}

/** Rows by column. Errors: `trace_bad_line`, `trace_too_long_line`, `trace_not_found`, `trace_unreadable`. */
export async function* csvRows(file: string): AsyncGenerator<Row> {
  const parser = parse({ bom: true, columns: true, info: true })
  const text = Readable.from(csvText(file))
  // `pipe` leaves errors of the source to us: they end the parser, and with it the loop below.
  text.on('error', (error) => parser.destroy(error)).pipe(parser)
  try {
    for await (const { record, info } of parser) yield new Row(record, file, info.lines)
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    const problem = `is no row of the table (${cause.code}): is the file cut?`
    throw new TraceError('trace_bad_line', { file, line: Number(cause.lines) }, problem, { cause })
  } finally {
    text.destroy()
  }
}

async function* csvText(file: string): AsyncGenerator<string> {
  for await (const { texts } of linesOf(gunzipped(fileBytes(file), file), file)) yield `${texts.join('\n')}\n`
}

/** Rows by key, one JSON object a line. Errors: those of `csvRows`. */
export async function* jsonRows(file: string): AsyncGenerator<Row> {
  for await (const { first, texts } of linesOf(gunzipped(fileBytes(file), file), file))
    for (const [i, text] of texts.entries()) {
      if (text.trim() === '') continue
      const line = first + i
      const value = parsed(text)
      if (typeof value !== 'object' || value === null)
        throw new TraceError(
          'trace_bad_line',
          { file, line },
          'is no whole JSON object: is the file cut? fetch the set again',
        )
      yield new Row(value as Record<string, unknown>, file, line)
    }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An outcome of which only this is known. */
export function outcomeOf(known: Partial<Outcome> & { readonly score: number | null }): Outcome {
  return { ...NOTHING_KNOWN, ...known }
}
