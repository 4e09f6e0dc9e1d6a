/** Crypto wallets by form: Ethereum, Bitcoin's Base58 and Bech32 (whose checksum is polynomial, BIP 173 and 350). */
import type { Rule } from '../span.ts'

const ethereum = /(?<![\p{L}\p{N}])0x[0-9a-f]{40}(?![\p{L}\p{N}])/giu
const base58 = /(?<![\p{L}\p{N}_/-])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![\p{L}\p{N}_-])/gu
const bech32 = /(?<![\p{L}\p{N}])(?:bc|tb)1[02-9ac-hj-np-z]{11,71}(?![\p{L}\p{N}])/giu

export const wallet: Rule = (text) =>
  [
    ...text.matchAll(ethereum),
    ...[...text.matchAll(base58)].filter(
      ({ 0: value }) => /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d.*\d/.test(value),
    ),
    ...[...text.matchAll(bech32)].filter(({ 0: value }) => isBech32(value.toLowerCase())),
  ].map((match) => ({ type: 'CRYPTO', start: match.index, end: match.index + match[0].length }))

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** Checksum 1 is Bech32's, 0x2bc830a3 Bech32m's. */
function isBech32(value: string): boolean {
  const human = value.slice(0, value.lastIndexOf('1'))
  const codes = [...human].map((letter) => letter.charCodeAt(0))
  const words = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)]
  for (const letter of value.slice(human.length + 1)) words.push(alphabet.indexOf(letter))
  let check = 1
  for (const word of words) {
    const top = check >>> 25
    check = (((check & 0x1ffffff) << 5) ^ word) >>> 0
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) check = (check ^ generator[i]!) >>> 0
  }
  return check === 1 || check === 0x2bc830a3
}
