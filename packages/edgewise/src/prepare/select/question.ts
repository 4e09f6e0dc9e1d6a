/**
 * Which part of the last user message is the question, so that the rest may be cut. A short message is all question. Of a long one
 * it is the first or last short paragraph, where there is none the first or last short line or sentence; both ends are pinned,
 * that is not cut, and the likelier one is what passages are searched for and is never cut.
 */

/** A stretch of one of the texts, UTF-16 units. */
export interface Pin {
  readonly text: number
  readonly start: number
  readonly end: number
}

export interface Question {
  /** What passages are compared with. */
  readonly query: string
  readonly pins: readonly Pin[]
  /** The likelier end alone; both where neither looks more like a question. */
  readonly likelier: readonly Pin[]
}

/** UTF-16 units a question has at most. */
const MOST = 600
/** `Answer:` below a question is not the question: a shorter unit is taken together with its neighbour. */
const LEAST = 15

/** `texts` are those of the message in order. null: nothing in it looks like a question, as in a text without a break. */
export function findQuestion(texts: readonly string[]): Question | null {
  const filled = texts.map((text, i) => ({ text, i })).filter(({ text }) => text.trim() !== '')
  const [head, tail] = [filled[0], filled.at(-1)]
  if (head === undefined || tail === undefined) return null
  if (filled.reduce((sum, { text }) => sum + text.length, 0) <= MOST) {
    const pins = filled.map(({ text, i }) => ({ text: i, start: 0, end: text.length }))
    return { query: filled.map(({ text }) => text.trim()).join('\n'), pins, likelier: pins }
  }
  const first = pinOf(head, firstUnit(head.text))
  const last = pinOf(tail, lastUnit(tail.text))
  const found = [first, last].filter((pin) => pin !== null)
  if (found.length === 0) return null
  const words = (pin: Pin): string => texts[pin.text]!.slice(pin.start, pin.end)
  const best = found.reduce(
    (best, pin) => (likeness(words(pin)) > likeness(words(best)) ? pin : best),
    found.at(-1)!,
  )
  const overlap = first !== null && last !== null && first.text === last.text && last.start < first.end
  const pins = overlap ? [{ ...first, end: last.end }] : found
  const isPlain = new Set(found.map((pin) => likeness(words(pin)))).size > 1
  return { query: words(best).trim(), pins, likelier: isPlain && !overlap ? [best] : pins }
}

/** How much a short text looks like what is asked: a question mark, a colon before the document, neither. */
function likeness(text: string): number {
  if (/[?？؟]/.test(text)) return 2
  return /[:：]\s*$/.test(text) ? 1 : 0
}

function pinOf(
  { text, i }: { text: string; i: number },
  range: readonly [number, number] | null,
): Pin | null {
  if (range === null) return null
  const [start, end] = range
  // The title of a document, the end of its code or a row of its table.
  const isDocument = /^(?:#{1,6}\s[^\n]*$|\||```|~~~)|(?:```|~~~)$/.test(text.slice(start, end).trim())
  return isDocument ? null : { text: i, start, end }
}

const breaks = [/\n[^\S\n]*\n/g, /\n/g, /[.!?。！？]["'”’)\]]*\s|[。！？]/g]

/** Only the first MOST units are looked at, however long the text is. */
function firstUnit(text: string): readonly [number, number] | null {
  if (text.length <= MOST) return [0, text.length]
  const window = text.slice(0, MOST + 1)
  const begin = window.length - window.trimStart().length
  for (const pattern of breaks) {
    for (const { index, 0: found } of window.matchAll(pattern)) {
      const end = index + found.length
      if (end - begin >= LEAST) return [0, end]
    }
  }
  return null
}

function lastUnit(text: string): readonly [number, number] | null {
  if (text.length <= MOST) return [0, text.length]
  const from = text.length - MOST - 1
  const window = text.slice(from)
  const end = window.trimEnd().length
  for (const pattern of breaks) {
    const starts = [...window.matchAll(pattern)].map(({ index, 0: found }) => index + found.length)
    const start = starts.findLast((at) => end - at >= LEAST)
    if (start !== undefined) return [from + start, text.length]
  }
  return null
}
