/** Drawing with a seed: the same seed gives the same values on every machine. */

export interface Draw {
  /** 0 to n - 1. */
  below(n: number): number
  pick<T>(from: readonly T[]): T
  /** `#` becomes a digit, `%` one of 1-9, `?` a capital, `*` a small letter, `^` a hexadecimal digit; all else stays. */
  fill(pattern: string): string
  /** That many letters of `alphabet`. */
  string(length: number, alphabet: string): string
}

export const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const smalls = 'abcdefghijklmnopqrstuvwxyz'
export const numerals = '0123456789'
export const base62: string = capitals + smalls + numerals
export const hexadecimal = '0123456789abcdef'

/** mulberry32. */
export function drawFrom(seed: number): Draw {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number) => Math.floor(next() * n)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!
  const string = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet[below(alphabet.length)]).join('')
  const kinds: Readonly<Record<string, string>> = {
    '#': numerals,
    '%': '123456789',
    '?': capitals,
    '*': smalls,
    '^': hexadecimal,
  }
  const fill = (pattern: string) => pattern.replace(/[#%?*^]/g, (sign) => string(1, kinds[sign] as string))
  return { below, pick, fill, string }
}

/** Groups of `lengths` digits or letters of `text`, parted by `gap`. */
export function grouped(text: string, lengths: readonly number[], gap: string): string {
  let at = 0
  return lengths.map((length) => text.slice(at, (at += length))).join(gap)
}
