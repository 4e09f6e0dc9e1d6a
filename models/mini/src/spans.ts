/**
 * The decoder of `json` and `redact`: the source is copied, and at unit boundaries the model chooses between going on,
 * opening a span and closing it. So a span is always a stretch of the source and the answer always well formed.
 * "Going on" scores the summed probability of all text tokens, "opening" that of all opening markers.
 */

import type { Span } from '@edgewise/redact'
import type { Protocol, Tag, Unit } from './protocol.ts'
import type { Reader } from './reader.ts'
import { argmax, logSoftmax, logSum, logSumText, type Tally } from './score.ts'

export interface SpanTask {
  /** The ids before the first copied unit. */
  readonly prefix: readonly number[]
  readonly units: readonly Unit[]
  /** The markers that may open a span. */
  readonly tags: readonly Tag[]
}

/** Spans in order, without overlaps and without white space around them. Each boundary adds its choice to `decisions`. */
export async function decodeSpans(
  reader: Reader,
  protocol: Protocol,
  { prefix, units, tags }: SpanTask,
  decisions: Tally,
): Promise<Span[]> {
  const tokens = [...prefix]
  const ahead = aheadOf(units)
  const spans: Span[] = []
  let open: { tag: Tag; first: number } | undefined
  const finish = (end: number) => {
    spans.push(spanOf(units, open!.first, end, open!.tag.name))
    tokens.push(protocol.close)
    open = undefined
  }
  for (let i = 0; i < units.length; i++) {
    if (open && !units.slice(open.first, i).every((unit) => unit.blank)) {
      const logits = await reader.after(tokens, ahead(i))
      const [goOn, close] = logSoftmax([logSumText(logits, protocol.isText), logits[protocol.close]!])
      decisions.add(Math.max(goOn!, close!))
      if (close! > goOn!) finish(i)
    }
    if (!open) {
      const logits = await reader.after(tokens, ahead(i))
      const opening = tags.map((tag) => logits[tag.id]!)
      const [goOn, begin] = logSoftmax([logSumText(logits, protocol.isText), logSum(opening)])
      decisions.add(Math.max(goOn!, begin!))
      if (begin! > goOn!) {
        const tag = tags[argmax(opening)]!
        tokens.push(tag.id)
        open = { tag, first: i }
      }
    }
    tokens.push(...units[i]!.ids)
  }
  if (open) finish(units.length)
  return spans
}

/**
 * Tokens to ask for before a text is copied: the copy, and two markers for every four units. A text dense with spans may
 * need more; then the pass that no longer fits throws ContextLengthError, and nothing of the answer is given out.
 */
export function roomFor(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.ids.length, 0) + 2 * Math.ceil(units.length / 4)
}

/** A function giving the ids of units[i..]: what follows if all is copied. */
export function aheadOf(units: readonly Unit[]): (i: number) => number[] {
  const ids = units.flatMap((unit) => unit.ids)
  let at = 0
  const starts = units.map((unit) => (at += unit.ids.length) - unit.ids.length)
  return (i) => ids.slice(starts[i])
}

/** units[first..end) as a span of the caller's text, white space around it left out. */
export function spanOf(units: readonly Unit[], first: number, end: number, type: string): Span {
  const inside = units.slice(first, end)
  const head = inside.find((unit) => !unit.blank) ?? inside[0]!
  const tail = inside.findLast((unit) => !unit.blank) ?? inside.at(-1)!
  // A unit is white space or has it only in front; the first unit's added space is not in the caller's text.
  return { type, start: head.end - head.text.trimStart().length, end: tail.end }
}
