/**
 * Finds special tokens in text: at each place the longest one that fits, from left to right.
 * Only called when the caller asks for it: text of a user must never turn into control tokens.
 */

export type Piece = { readonly text: string } | { readonly id: number }

/** A function cutting text into ordinary text and special tokens; `ids` maps the special tokens' texts to ids. */
export function specialSplitter(ids: ReadonlyMap<string, number>): (text: string) => Piece[] {
  // Texts by first UTF-16 unit, longest first.
  const byStart = new Map<number, string[]>()
  for (const text of [...ids.keys()].sort((a, b) => b.length - a.length)) {
    if (text === '') continue
    const start = text.charCodeAt(0)
    const list = byStart.get(start)
    if (list) list.push(text)
    else byStart.set(start, [text])
  }
  return (text) => {
    const pieces: Piece[] = []
    let from = 0
    for (let at = 0; at < text.length; ) {
      const found = byStart.get(text.charCodeAt(at))?.find((special) => text.startsWith(special, at))
      if (found === undefined) {
        at++
        continue
      }
      if (at > from) pieces.push({ text: text.slice(from, at) })
      pieces.push({ id: ids.get(found)! })
      from = at += found.length
    }
    if (from < text.length) pieces.push({ text: text.slice(from) })
    return pieces
  }
}
