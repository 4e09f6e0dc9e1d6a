import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BODY, CLOSED, textTable } from './text-table.ts'

const all = new Uint8Array(256).fill(1)
const tables = { free: textTable(false, all), canonical: textTable(true, all) }

function closes(table: (typeof tables)['free'], bytes: Uint8Array): boolean {
  let state = BODY
  for (const byte of bytes) {
    if (state === CLOSED) return false
    state = table.next[256 * state + byte]!
    if (state < 0) return false
  }
  return state === CLOSED
}

/** Whether the bytes, after a quote, are one JSON string of characters, as JSON.parse and a strict decoder have it. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return (JSON.parse(`"${text}`) as string).isWellFormed() && !text.endsWith('\n') && !text.endsWith(' ')
  } catch {
    return false
  }
}

const pieces = fc.oneof(
  fc.constantFrom(
    '\\u00',
    '\\ud83d',
    '\\ude00',
    '\\u',
    'dc00',
    'D8',
    '\\n',
    '\\"',
    '\\x',
    '\\/',
    '00e9',
    'é',
    '日',
    '😀',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const utf8 = new TextEncoder()

test('the free table accepts what JSON.parse does, but for halves of surrogate pairs', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 6 }), fc.constantFrom('"', '', '""'), (parts, end) => {
      const bytes = utf8.encode(parts.join('') + end)
      expect(closes(tables.free, bytes)).toBe(isText(bytes))
      if (isText(bytes)) accepted++
    }),
    { numRuns: 5000, seed: 2 },
  )
  expect(accepted).toBeGreaterThan(300)
})

test('bytes at random: only valid UTF-8 gets through', () => {
  const byte = fc.constantFrom(
    0x22,
    0x61,
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xee,
    0xef,
  )
  const more = fc.constantFrom(0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff, 0x1f, 0x20)
  fc.assert(
    fc.property(fc.array(fc.oneof(byte, more), { maxLength: 6 }), (list) => {
      const bytes = Uint8Array.from([...list, 0x22])
      expect(closes(tables.free, bytes)).toBe(isText(bytes))
    }),
    { numRuns: 5000, seed: 3 },
  )
})

test('the canonical table accepts one spelling of each text, that of JSON.stringify', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.array(pieces, { maxLength: 3 }).map((p) => p.join('')),
  )
  fc.assert(
    fc.property(text, (text) => {
      const own = JSON.stringify(text.toWellFormed()).slice(1)
      expect(closes(tables.canonical, utf8.encode(own))).toBe(true)
      const other = utf8.encode(`${text}"`)
      const isCanonical = isText(other) && JSON.stringify(JSON.parse(`"${text}"`)) === `"${text}"`
      expect(closes(tables.canonical, other)).toBe(isCanonical)
    }),
    { numRuns: 5000, seed: 4 },
  )
  for (let code = 0; code < 0x20; code++) {
    const escaped = `\\u${code.toString(16).padStart(4, '0')}"`
    expect(closes(tables.canonical, utf8.encode(escaped))).toBe(
      JSON.stringify(String.fromCharCode(code)) === `"${escaped}`,
    )
  }
})

test('from every state there is a shortest way back, within the alphabet', () => {
  const some = all.slice()
  some.fill(0, 0x90)
  for (const table of [tables.free, tables.canonical, textTable(false, some), textTable(true, some)]) {
    for (let state = 0; state < table.states; state++) {
      if (state === CLOSED) continue
      let at = state
      for (const byte of table.rest[state]!) at = table.next[256 * at + byte]!
      if (table.rest[state]!.length > 0) expect(at).toBe(BODY)
    }
  }
  // Without most continuation bytes no character of more than one byte begins that could not end.
  expect(textTable(false, some).next[256 * BODY + 0xe2]).toBe(-1)
})
