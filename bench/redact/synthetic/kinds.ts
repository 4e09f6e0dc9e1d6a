/**
 * What a kind of number is for the evaluation: how it is drawn and written, what it is called, whether it is told from other numbers without a
 * word for it; and the check digits that several share, computed here as their issuers describe them.
 */
import { capitals, type Draw, grouped, numerals } from './draw.ts'

export interface Kind {
  readonly name: string
  readonly make: (draw: Draw) => string
  /** What people call it. */
  readonly words: readonly string[]
  /** Its form or check digits tell it from other numbers with no word nearby. */
  readonly telling?: true
}

export const two = (n: number) => String(n).padStart(2, '0')
export const sum = (code: string, weights: readonly number[]) =>
  weights.reduce((total, weight, i) => total + weight * Number(code[i]), 0)

export function birth(draw: Draw): { year: string; month: string; day: string } {
  return {
    year: String(1930 + draw.below(75)),
    month: two(1 + draw.below(12)),
    day: two(1 + draw.below(28)),
  }
}

/** Draws until `check` gives what can be written. */
export function until(body: () => string, check: (body: string) => string | undefined): string {
  for (;;) {
    const drawn = body()
    const digits = check(drawn)
    if (digits !== undefined) return drawn + digits
  }
}

export const oneDigit = (n: number) => (n < 10 ? String(n) : undefined)
export const luhnDigit = (body: string) => {
  const total = [...body]
    .reverse()
    .reduce(
      (all, digit, i) => all + (i % 2 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]!),
      0,
    )
  return String((10 - (total % 10)) % 10)
}
export const mod1110 = (body: string) => {
  let rest = 10
  for (const digit of body) rest = (((rest + Number(digit)) % 10 || 10) * 2) % 11
  return String((11 - rest) % 10)
}
const d5 = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const p8 = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]
export const verhoeffDigit = (body: string) => {
  let c = 0
  for (const [i, digit] of [...body].reverse().entries())
    c = Number(d5[c]![Number(p8[(i + 1) % 8]![Number(digit)])])
  return '0432156789'[c]!
}

export const spanish = (n: number) => 'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]!

export function italian(draw: Draw): string {
  const { year, month, day } = birth(draw)
  const consonants = 'BCDFGLMNPRSTVZ'
  const woman = draw.below(2) * 40
  const body = `${draw.string(6, consonants)}${year.slice(2)}${'ABCDEHLMPRST'[Number(month) - 1]}${two(Number(day) + woman)}${draw.pick([...'ABCDEFGHL'])}${draw.fill('###')}`
  const odd: Record<string, number> = {}
  const values = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
  ]
  for (let i = 0; i < 26; i++) odd[capitals[i]!] = values[i]!
  for (let i = 0; i < 10; i++) odd[numerals[i]!] = values[i]!
  const total = [...body].reduce(
    (all, letter, i) =>
      all + (i % 2 === 0 ? odd[letter]! : /\d/.test(letter) ? Number(letter) : capitals.indexOf(letter)),
    0,
  )
  return body + capitals[total % 26]
}

export const written = (draw: Draw, code: string, ...ways: ((code: string) => string)[]) =>
  draw.pick([(c: string) => c, ...ways])(code)
export const by =
  (gap: string, ...lengths: number[]) =>
  (code: string) =>
    grouped(code, lengths, gap)
