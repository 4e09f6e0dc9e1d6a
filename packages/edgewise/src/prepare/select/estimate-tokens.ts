/**
 * Tokens of a text when no tokenizer is at hand: an estimate meant to be too high rather than too low. What it comes to
 * beside real vocabularies is measured in docs/context.md.
 */

/** UTF-16 units of a word that are one token, of white space in a row likewise. */
const LETTERS = 6
const SPACES = 4

/** One pass over the UTF-16 units. */
export function estimateTokens(text: string): number {
  let tokens = 0
  let letters = 0
  let spaces = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) {
      // A word is a token, a long one more; the space before it belongs to it.
      if (letters++ % LETTERS === 0) tokens++
      spaces = 0
    } else if (code === 32) {
      letters = 0
      if (++spaces % SPACES === 2) tokens++
    } else {
      // Digits, marks, ends of lines and letters of other scripts.
      letters = spaces = 0
      tokens++
    }
  }
  return tokens
}
