/**
 * Texts that are hard on tokenizers, without end and the same for the same seed: every Unicode category, runs of digits and
 * of white space, contractions in both cases, marks without a letter, emoji sequences, right-to-left text, half surrogate
 * pairs, and the texts of the vocabulary's own special tokens, whole and damaged.
 */
import { seededRandom } from '../../packages/engine/src/generate/random.ts'

const pools: readonly (readonly string[])[] = [
  ['the', 'Hello', 'internationalization', 'WORLD', 'iPhone', 'x', 'I', "don't", 'naïve', 'Straße', 'ſharp'],
  [
    "'s",
    "'S",
    "'t",
    "'RE",
    "'re",
    "'Ve",
    "'m",
    "'LL",
    "'lL",
    "'d",
    "'D",
    "'x",
    "'",
    "''",
    '’s',
    "'\u017f",
    "'sam",
  ],
  [
    ' ',
    '  ',
    '   ',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '\t',
    '\u00a0',
    '\u2003',
    '\u3000',
    '\u0085',
    '\v',
    '\f',
    ' \n',
    '\n ',
  ],
  ['0', '7', '12', '345', '6789', '31415926535', '½', '²', '٣', '४५', 'Ⅷ', '①', '１２３'],
  [
    '.',
    ',',
    '!',
    '?',
    '...',
    '—',
    '“',
    '”',
    '«',
    '(',
    ')',
    '{',
    '}',
    '[]',
    '"',
    '`',
    '~',
    '$',
    '+',
    '<',
    '=',
    '>',
    '^',
    '|',
    '_',
    '#',
    '%',
    '&',
    '*',
    '/',
    '\\',
    '@',
    ';',
    ':',
  ],
  [
    '中文',
    '日本語',
    'カタカナ',
    '한국어',
    'ภาษาไทย',
    'हिन्दी',
    'العربية',
    'עברית',
    'Ελληνικά',
    'Русский',
    'বাংলা',
    'தமிழ்',
  ],
  ['😀', '👩‍👩‍👧', '🏳️‍🌈', '👍🏽', '🇩🇪', '☃️', '🧑🏿‍🚀', '\u200d', '\ufe0f'],
  ['e\u0301', '\u0301', '\u0327\u0301', 'n\u0303o', '\u20dd', '\u0903', 'a\u0300\u0300\u0300'],
  [
    '▁',
    '▁▁',
    '<0x0A>',
    '<0x41>',
    '\u0000',
    '\u0001',
    '\u007f',
    '\ufeff',
    '\ufffd',
    '\u200b',
    '\u202e',
    '\ue000',
    '\ud800',
    '\udfff',
  ],
  ['<', '</', '<|', '|>', '<s', 's>', '<s>', '</s>', '<unk>', '<|im_start|>', '<|im_end|>', '<|endoftext|>'],
]

/** A function that gives the next text. `special`: texts of special tokens to throw in. */
export function hardTexts(seed: number, special: readonly string[]): () => string {
  const random = seededRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const anyCharacter = (): string => {
    const planes = [0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x32400, 0x110000]
    return String.fromCodePoint(below(pick(planes)))
  }
  const part = (): string => {
    const kind = random()
    if (kind < 0.16) return anyCharacter()
    if (kind < 0.2) return pick(pools[2]!).repeat(1 + below(12))
    if (kind < 0.23) return anyCharacter().repeat(1 + below(9))
    if (kind < 0.3 && special.length > 0) {
      const text = pick(special)
      return random() < 0.7 ? text : text.slice(below(2), text.length - below(3))
    }
    return pick(pick(pools))
  }
  /** Without a place to cut: long enough that short cuts for short units do not apply. */
  const longUnit = (): string => {
    const letters = [
      ...pick(['etaoinshrdlu', 'aab', 'lo', '0123456789', ' ', '\n', '中文的一是', '=-', '😀👍', 'éèn']),
    ]
    return Array.from({ length: 50 + below(400) }, () => pick(letters)).join('')
  }
  return () => {
    if (random() < 0.03) return longUnit()
    // Some texts are of one kind, most are mixed; spaces are frequent, as they are in life.
    const only = random() < 0.25 ? [pick(pools), pools[2]!] : undefined
    let text = ''
    for (let left = 1 + below(random() < 0.1 ? 60 : 14); left > 0; left--) {
      text += only ? pick(pick(only)) : part()
      if (random() < 0.3) text += ' '
    }
    return text
  }
}
