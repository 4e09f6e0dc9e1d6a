/** Cards, IBANs and wallets, with check digits computed here. */
import { createHash } from 'node:crypto'
import { type Draw, grouped, hexadecimal } from './draw.ts'

/** First digits and lengths of the networks' cards. */
const networks: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['4', 16],
  ['4', 13],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['36', 14],
  ['300', 14],
  ['6011', 16],
  ['65', 16],
  ['3528', 16],
  ['5018', 16],
  ['6304', 16],
  ['62', 16],
  ['62', 19],
  ['2200', 16],
  ['6521', 16],
  ['50', 12],
  ['9792', 16],
]
export function card(draw: Draw): string {
  const [begin, length] = draw.pick(networks)
  const body = begin + draw.fill('#'.repeat(length - begin.length - 1))
  let sum = 0
  for (const [i, digit] of [...body].reverse().entries()) {
    const twice = Number(digit) * (i % 2 === 0 ? 2 : 1)
    sum += twice > 9 ? twice - 9 : twice
  }
  const code = body + ((10 - (sum % 10)) % 10)
  const lengths =
    length === 15
      ? [4, 6, 5]
      : length === 14
        ? [4, 6, 4]
        : length === 19
          ? [4, 4, 4, 4, 3]
          : length === 16
            ? [4, 4, 4, 4]
            : [length]
  return draw.pick([
    code,
    grouped(code, lengths, ' '),
    grouped(code, lengths, '-'),
    grouped(code, lengths, '\u00a0'),
  ])
}

/** The account after the check digits: `n` digits, `a` capitals, `c` either (ISO 13616 registry). */
const structures =
  'AD:n8c12 AE:n19 AL:n8c16 AT:n16 AZ:a4c20 BA:n16 BE:n12 BG:a4n6c8 BH:a4c14 BR:n23a1c1 BY:c4n4c16 CH:n5c12 CR:n18 CY:n8c16 CZ:n20 DE:n18 DK:n14 DO:c4n20 EE:n16 EG:n25 ES:n20 FI:n14 FO:n14 FR:n10c11n2 GB:a4n14 GE:a2n16 GI:a4c15 GL:n14 GR:n7c16 GT:c4c20 HR:n17 HU:n24 IE:a4n14 IL:n19 IQ:a4n15 IS:n22 IT:a1n10c12 JO:a4n4c18 KW:a4c22 KZ:n3c13 LB:n4c20 LC:a4c24 LI:n5c12 LT:n16 LU:n3c13 LV:a4c13 MC:n10c11n2 MD:c2c18 ME:n18 MK:n3c10n2 MR:n23 MT:a4n5c18 MU:a4n19a3 NL:a4n10 NO:n11 PK:a4c16 PL:n24 PS:a4c21 PT:n21 QA:a4c21 RO:a4c16 RS:n18 SA:n2c18 SC:a4n20a3 SE:n20 SI:n15 SK:n20 SM:a1n10c12 ST:n21 SV:a4n20 TL:n19 TN:n20 TR:n6c16 UA:n6c19 VA:n18 VG:a4n16 XK:n16'.split(
    ' ',
  )

export function iban(draw: Draw): string {
  const [country, structure] = draw.pick(structures).split(':') as [string, string]
  const account = structure.replace(/([nac])(\d+)/g, (_, kind: string, length: string) =>
    draw.string(
      Number(length),
      { n: '0123456789', a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', c: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ' }[kind]!,
    ),
  )
  const number = [...`${account}${country}00`].map((letter) => Number.parseInt(letter, 36)).join('')
  const code = `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${account}`
  const spaced = code.replace(/.{4}(?=.)/g, '$& ')
  return draw.pick([
    code,
    spaced,
    spaced,
    spaced.replaceAll(' ', '-'),
    code.toLowerCase(),
    spaced.toLowerCase(),
    spaced.replaceAll(' ', '\u00a0'),
  ])
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
function base58check(version: number, draw: Draw): string {
  const hash = Array.from({ length: 20 }, () => draw.below(256))
  const body = Buffer.from([version, ...hash])
  const sha = (data: Buffer) => createHash('sha256').update(data).digest()
  let rest = BigInt(`0x${Buffer.concat([body, sha(sha(body)).subarray(0, 4)]).toString('hex')}`)
  let code = ''
  for (; rest > 0n; rest /= 58n) code = base58[Number(rest % 58n)] + code
  return version === 0 ? `1${code}` : code
}

const bech32Letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
function bech32(draw: Draw): string {
  const words = [0, ...Array.from({ length: 32 }, () => draw.below(32))]
  const polymod = (values: readonly number[]) => {
    let check = 1
    for (const value of values) {
      const top = check >>> 25
      check = ((check & 0x1ffffff) << 5) ^ value
      for (const [i, mask] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
        if ((top >> i) & 1) check ^= mask
    }
    return (check ^ 1) >>> 0
  }
  const check = polymod([3, 3, 0, 2, 3, ...words, 0, 0, 0, 0, 0, 0])
  return `bc1${[...words, ...[25, 20, 15, 10, 5, 0].map((shift) => (check >>> shift) & 31)].map((word) => bech32Letters[word]).join('')}`
}

export const wallet = (draw: Draw): string =>
  draw.pick([
    () => base58check(0, draw),
    () => base58check(5, draw),
    () => bech32(draw),
    () => `0x${draw.string(40, hexadecimal)}`,
    () => `0x${draw.string(40, hexadecimal).toUpperCase()}`,
  ])()
