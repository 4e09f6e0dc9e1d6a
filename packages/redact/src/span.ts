/** A stretch of text by UTF-16 offsets, and how overlaps between stretches are settled. A type, not an interface: it is also JSON. */

export type Span = {
  readonly type: string
  readonly start: number
  /** One past the last unit. */
  readonly end: number
}

/** A rule finds spans of one kind. Pure, linear in the text, spans in order of `start`. */
export type Rule = (text: string) => Span[]

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

/**
 * Sorted by start and without overlaps: of two that overlap, the earlier one stays whole, of two at one place the longer,
 * and of the other what sticks out, so that nothing found stays visible.
 */
export function settle(text: string, spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const kept: Span[] = []
  for (const span of sorted) {
    const taken = kept.at(-1)?.end ?? 0
    if (span.start >= taken) kept.push(span)
    else kept.push(...bare(text, { ...span, start: taken }))
  }
  return kept
}

/**
 * What rules found (`sure`: in order, without overlaps) and what a model marked (`possible`). Where both overlap, the rule's
 * span stays whole, and of the model's what lies outside it: nothing marked stays visible because a rule found something too.
 */
export function combine(text: string, sure: readonly Span[], possible: readonly Span[]): Span[] {
  return settle(text, [...sure, ...possible.flatMap((span) => outside(text, span, sure))])
}

/** The stretches of `span` that none of `taken` (in order, without overlaps) covers. */
function outside(text: string, span: Span, taken: readonly Span[]): Span[] {
  const over = overlapping(span, taken)
  if (over.length === 0) return [span]
  const starts = [span.start, ...over.map((other) => other.end)]
  const ends = [...over.map((other) => other.start), span.end]
  return starts.flatMap((start, i) => bare(text, { ...span, start, end: ends[i]! }))
}

/** Those of `taken` (in order, without overlaps) that overlap `span`, found by bisection. */
export function overlapping(span: Span, taken: readonly Span[]): Span[] {
  let low = 0
  let high = taken.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (taken[middle]!.end <= span.start) low = middle + 1
    else high = middle
  }
  const over: Span[] = []
  for (; low < taken.length && overlaps(span, taken[low]!); low++) over.push(taken[low]!)
  return over
}

/** `span` without the white space, punctuation and signs such as "<" at its edges; nothing when no more is in it. */
function bare(text: string, span: Span): Span[] {
  if (span.start >= span.end) return []
  const inside = text.slice(span.start, span.end)
  const head = /^[\s\p{P}\p{Sm}\p{Sc}\p{Sk}]*/u.exec(inside)![0].length
  if (head === inside.length) return []
  let end = span.end
  while (/[\s\p{P}\p{Sm}\p{Sc}\p{Sk}]/u.test(text[end - 1]!)) end--
  return [{ ...span, start: span.start + head, end }]
}
