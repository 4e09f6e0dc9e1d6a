/**
 * GPT-2's way to write bytes as printable characters: byte-level vocabularies are stored in this alphabet.
 * Printable Latin-1 stands for itself; the other 68 bytes become U+0100, U+0101, ... in order (a space is "Ġ").
 * Source: `bytes_to_unicode` in openai/gpt-2, encoder.py.
 */

const charOfByte: string[] = []
/** The byte that each UTF-16 unit stands for, or -1; units beyond the end stand for none. Do not change it. */
export const byteOfUnit: Int16Array = new Int16Array(0x100 + 68).fill(-1)

for (let byte = 0, shifted = 0x100; byte < 256; byte++) {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad)
  const unit = printable ? byte : shifted++
  charOfByte.push(String.fromCharCode(unit))
  byteOfUnit[unit] = byte
}

const utf8 = new TextEncoder()

/** The character that stands for `byte` (0..255). */
export function byteToChar(byte: number): string {
  return charOfByte[byte]!
}

/** `text` as its UTF-8 bytes, written in the alphabet. */
export function textToAlphabet(text: string): string {
  let out = ''
  for (const byte of utf8.encode(text)) out += charOfByte[byte]
  return out
}

/** The bytes that `written` stands for; a character outside of the alphabet gives its own UTF-8 bytes. */
export function alphabetToBytes(written: string): Uint8Array {
  const bytes: number[] = []
  for (const char of written) {
    const byte = byteOfUnit[char.codePointAt(0)!] ?? -1
    if (byte >= 0) bytes.push(byte)
    else bytes.push(...utf8.encode(char))
  }
  return Uint8Array.from(bytes)
}
