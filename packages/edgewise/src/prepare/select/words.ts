/**
 * The words of a text for searching: Unicode letters and digits, folded lightly (case, accents, English plural). Scripts that
 * are written without spaces give pairs of neighbouring characters.
 */

/** Calls `each` for every word in order. */
export function eachWord(text: string, each: (word: string) => void): void {
  for (const [run] of fold(text).matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (!unspaced.test(run)) {
      each(singular(run))
      continue
    }
    const characters = [...run]
    if (characters.length === 1) each(run)
    for (let i = 1; i < characters.length; i++) each(characters[i - 1]! + characters[i]!)
  }
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Lower case without accents and apostrophes; composed again, since Korean syllables came apart. */
function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .normalize('NFC')
}

/** Harman's S-stemmer ("How effective is suffixing?", 1991, table 1): only the plural. */
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word
  if (word.endsWith('ies')) return /[ea]ies$/.test(word) ? word : `${word.slice(0, -3)}y`
  if (word.endsWith('es')) return /[aeo]es$/.test(word) ? word : word.slice(0, -1)
  return /[us]s$/.test(word) ? word : word.slice(0, -1)
}
