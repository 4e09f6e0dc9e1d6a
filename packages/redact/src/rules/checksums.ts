/** Check digits: each function says whether a number proves itself. Digits are ASCII, separators are gone. */

/** ISO/IEC 7812-1 annex B: from the right, every second digit doubled, digits summed, divisible by 10. */
export function luhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = digit * 2
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** ISO 7064 MOD 97-10 of an IBAN: the first four characters moved to the end, letters as 10 to 35. 1 is right. */
export function mod97(code: string): number {
  let rest = 0
  for (const letter of (code.slice(4) + code.slice(0, 4)).toUpperCase()) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

/** The sum of each digit times its weight. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits.charCodeAt(i) - 48), 0)
}

/** ISO 7064 MOD 11,10: hybrid, the last digit is the check digit. */
export function mod1110(digits: string): boolean {
  let product = 10
  for (const letter of digits.slice(0, -1)) {
    const sum = (Number(letter) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits.at(-1))
}

const dihedral = (a: number, b: number) =>
  a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5
const turn = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** Verhoeff, 1969: multiplication in the dihedral group of order 10, digits permuted by their place. */
export function verhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i])
    for (let turns = i % 8; turns > 0; turns--) digit = turn[digit]!
    check = dihedral(check, digit)
  }
  return check === 0
}

/** ISO 3779 as North America and China use it: letters have values, the ninth sign is the rest by 11, 10 as X. */
export function vin(code: string): boolean {
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const value = /\d/.test(code[i]!)
      ? Number(code[i])
      : '12345678.12345.7.923456789'[code.charCodeAt(i) - 65]!
    sum += Number(value) * [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2][i]!
  }
  return '0123456789X'[sum % 11] === code[8]
}
