/** A stretch of text by UTF-16 offsets, and how overlaps between stretches are settled. A type, not an interface: it is also JSON. */

export type Span = {
  readonly type: string
  readonly start: number
  /** One past the last unit. */
  readonly end: number
}

/** A rule finds spans of one kind. Pure, linear in the text, spans in order of `start`. */
export type Rule = (text: string) => Span[]

export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

/** Sorted by start and without overlaps: of two that overlap, the earlier one stays, of two at one place the longer. */
export function settle(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const kept: Span[] = []
  for (const span of sorted) {
    const last = kept.at(-1)
    if (!last || span.start >= last.end) kept.push(span)
  }
  return kept
}
