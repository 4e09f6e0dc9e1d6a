/**
 * What a placeholder looks like: `[PERSON_1]` for a value, `[PERSON_1B]`, `[PERSON_1C]`, ... for other ways to write the same
 * value. Capitals, digits and one pair of brackets: what language models copy whole, and what a reader takes for a name.
 */

/** Of a type: what a finder calls its spans. Longer or other names are refused where they come in. */
export const typeName: RegExp = /^[A-Z][A-Z_]{0,30}[A-Z]$/

/** `PERSON_1`, variant 0; `PERSON_1B`, variant 1; `PERSON_1Z`, variant 25; `PERSON_1BA`, variant 26. */
export function placeholderName(type: string, number: number, variant: number): string {
  return `${type}_${number}${variant === 0 ? '' : letters(variant)}`
}

function letters(variant: number): string {
  const last = String.fromCharCode(65 + (variant % 26))
  return variant < 26 ? last : letters(Math.floor(variant / 26)) + last
}

/** A stretch of text that a reader of placeholders could take for one, and the name it would read. */
interface Literal {
  readonly start: number
  readonly end: number
  /** In capitals and without escapes: `PERSON_1`. */
  readonly name: string
}

const tail = /_\d{1,7}[A-Za-z]{0,4}/g
const head = /[A-Za-z](?:[A-Za-z]|\\{0,2}_){0,46}\\{0,2}$/

/**
 * All stretches such as `[PERSON_1]`, `person_1` and `PERSON\_1`, brackets left out; wherever they stand, also in a longer
 * word. More than what is ever restored, because neighbours of a literal may be replaced. Linear: anchored at `_` and a digit.
 */
export function literals(text: string): Literal[] {
  if (!text.includes('_')) return []
  const found: Literal[] = []
  for (const match of text.matchAll(tail)) {
    const from = Math.max(0, match.index - 64, found.at(-1)?.end ?? 0)
    const before = head.exec(text.slice(from, match.index))?.[0]
    if (before === undefined) continue
    const name = (before + match[0]).replaceAll('\\', '').toUpperCase()
    found.push({ start: match.index - before.length, end: match.index + match[0].length, name })
  }
  return found
}
