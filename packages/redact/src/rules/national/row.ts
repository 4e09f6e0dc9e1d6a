/**
 * What a row of the tables in this folder says of a national number, and what several of their checks share. The checks are those the
 * issuing authorities describe; examples of each stand in national.test.ts.
 */

export interface NationalId {
  readonly type: string
  /** Ways to write it, lengths of groups with what parts them: `9|3-2-4|3 2 4`. */
  readonly groups: string
  /** Of letters and digits alone, in capitals. */
  readonly code: RegExp
  /** Check digits, dates, ranges; nothing where the form is all there is. */
  readonly isValid?: (code: string) => boolean
  /** What it is called: alternatives of an expression, for whole words. */
  readonly names: string
  /** What passes the checks needs no name: never else, or only when written in groups. */
  readonly alone?: 'always' | 'grouped'
}

export const two = (code: string, at: number): number => Number(code.slice(at, at + 2))
export const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31
/** One number said again and again is a filler. */
export const varies = (code: string): boolean => !/^(\d)\1+$/.test(code)
/** Day, month, year of two digits each, from `at` on. */
export const dayFirst = (code: string, at = 0): boolean => isDay(two(code, at + 2), two(code, at))
export const yearFirst = (code: string, at = 0): boolean => isDay(two(code, at + 2), two(code, at + 4))

/** 11 minus the rest, where 10 and 11 become `ten` and 0. */
export const elevenMinus = (sum: number, ten = 10): number => {
  const check = (11 - (((sum % 11) + 11) % 11)) % 11
  return check === 10 ? ten : check
}
