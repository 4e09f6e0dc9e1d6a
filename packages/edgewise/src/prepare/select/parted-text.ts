/** A text of the call in passages, the question apart from the rest, and the text again with some of them left out. */
import { type Passage, PROSE_SIZE, splitPassages } from './passages.ts'

/** Stands where passages were left out. */
export const ELISION = '[…]'

export interface TextPassage extends Passage {
  /** Part of the question: never left out. */
  readonly isPinned: boolean
}

/** Passages of `text`; those within `pins`, which are in order and do not overlap, are whole and pinned. */
export function partText(
  text: string,
  pins: readonly { readonly start: number; readonly end: number }[],
  size: number = PROSE_SIZE,
): TextPassage[] {
  const passages: TextPassage[] = []
  const add = (from: number, to: number): void => {
    const base = passages.length
    for (const { start, end, kind, heading } of splitPassages(text.slice(from, to), size)) {
      const above = heading === -1 ? -1 : base + heading
      passages.push({ start: from + start, end: from + end, kind, heading: above, isPinned: false })
    }
  }
  let at = 0
  for (const { start, end } of pins) {
    add(at, start)
    if (end > start) passages.push({ start, end, kind: 'prose', heading: -1, isPinned: true })
    at = end
  }
  add(at, text.length)
  return passages
}

/** The passages that are kept, with ELISION for each run of others; behind it the white space that ended the run. */
export function joinPassages(
  text: string,
  passages: readonly TextPassage[],
  isKept: (index: number) => boolean,
): string {
  let out = ''
  let gap: TextPassage | null = null
  passages.forEach((passage, i) => {
    if (!isKept(i)) {
      gap = passage
      return
    }
    if (gap !== null) out += ELISION + endSpace(text, gap)
    gap = null
    out += text.slice(passage.start, passage.end)
  })
  return gap === null ? out : out + ELISION
}

/** Two characters at most: a paragraph's end, or the space between two sentences. */
function endSpace(text: string, { start, end }: Passage): string {
  return /\s{0,2}$/.exec(text.slice(Math.max(start, end - 2), end))![0]
}
