/** What a reader of one public set is: how its files are known, and how items are made of them. One file a set beside this one. */
import type { TraceItem } from '@edgewise/evidence'

/** The first line of a file: the columns of a CSV, or the keys of a JSON object. */
export interface Header {
  readonly kind: 'csv' | 'json'
  readonly names: readonly string[]
}

export interface TraceSet {
  readonly name: string
  /** What its file with the outcomes begins with, for people. */
  readonly what: string
  /** Whether a file with this header has outcomes of the set. */
  outcomes(header: Header): boolean
  /** Whether it is another file of the set, which is read with the outcomes or not at all. */
  companion(header: Header): boolean
  /** Files of outcomes, at least one. A set is held in memory while it is read. Errors: those of `openTrace`. */
  read(files: readonly string[]): AsyncGenerator<TraceItem>
}

/** A header of just these names, in any order. */
export function isHeader({ kind, names }: Header, of: Header['kind'], expected: string): boolean {
  const sorted = (list: readonly string[]): string => [...list].sort().join()
  return kind === of && sorted(names) === sorted(expected.split(','))
}
