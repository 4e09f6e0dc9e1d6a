/** Random schemas of strings with texts that satisfy them: lengths, patterns, formats. */
import type { Random, Sampled } from './random-schema.ts'

const letters = ['a', 'b', 'z', 'é', 'ß', '日', '😀', ' ', '"', '\\', '\n', '\u0001', '/', '0', '9', '\u2028']

const textOf = (random: Random, length: number): string =>
  Array.from({ length }, () => random.pick(letters)).join('')

const digitsOf = (random: Random, length: number): string =>
  Array.from({ length }, () => random.below(10)).join('')

const two = (value: number): string => String(value).padStart(2, '0')

/** A pattern, and a text with a match in it. */
const patterns: readonly { readonly pattern: string; text(random: Random): string }[] = [
  { pattern: '^[a-z]{2,4}$', text: (random) => random.pick(['ab', 'xyz', 'abcd']) },
  {
    pattern: '\\d',
    text: (random) => textOf(random, random.below(3)) + digitsOf(random, 1) + textOf(random, 1),
  },
  { pattern: '^(foo|bar|ba[^z])$', text: (random) => random.pick(['foo', 'bar', 'ba日', 'ba"']) },
  { pattern: '^\\p{Lu}\\p{Ll}*$', text: (random) => random.pick(['A', 'Ébc', 'Zoé']) },
  { pattern: 'x$', text: (random) => `${textOf(random, random.below(4))}x` },
  { pattern: '^a|b$', text: (random) => random.pick(['a', 'a日"', 'cb', 'b']) },
  { pattern: '^$|^[A-F\\d]+$', text: (random) => random.pick(['', '0AF', '9']) },
  {
    pattern: '^(?:\\+\\d{1,3} )?\\d{3}-\\d{4}$',
    text: (random) => `${random.pick(['', '+49 '])}${digitsOf(random, 3)}-${digitsOf(random, 4)}`,
  },
  { pattern: '^(a+b?){1,3}$', text: (random) => random.pick(['a', 'aab', 'abab', 'aaa']) },
  { pattern: '^[\\w.]+@[\\w.]+\\.\\w+$', text: () => 'some.one@example.org' },
  { pattern: '^.{3}$', text: (random) => random.pick(['abc', '日本語', '😀😀😀', 'a"\\']) },
  { pattern: '["\\\\\\u0001]', text: (random) => random.pick(['"', 'a\\', '\u0001\u0001']) },
  { pattern: '^[^\\s"]*$', text: (random) => random.pick(['', 'abc', 'é\\']) },
]

const formats: Readonly<Record<string, (random: Random) => string>> = {
  date: (random) =>
    random.pick([
      `${1900 + random.below(200)}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`,
      '2024-02-29',
      '2000-02-29',
      '2023-12-31',
    ]),
  time: (random) =>
    `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}${random.pick(['Z', '.25Z', '+02:00'])}`,
  'date-time': () => '2026-11-26T09:05:00.123Z',
  duration: (random) => random.pick(['P1D', 'PT5M', 'P1Y2M3DT4H5M6S', 'P3W', 'P2MT1S']),
  uuid: (random) => `${digitsOf(random, 8)}-${digitsOf(random, 4)}-4abc-8def-${digitsOf(random, 12)}`,
  ipv4: (random) => [1, 2, 3, 4].map(() => random.below(256)).join('.'),
  ipv6: (random) => random.pick(['::', '::1', '2001:db8::8a2e:370:7334', '1:2:3:4:5:6:7:8', 'fe80::']),
  hostname: (random) => random.pick(['localhost', 'example.org', 'a-b.example.com']),
  email: (random) => random.pick(['a@b.de', 'first.last+tag@mail.example.org']),
  uri: (random) => random.pick(['https://example.org', 'http://a.b/c/d?e=f#g', 'ftp://x:21/%20']),
}

export function stringSchemas(random: Random): Sampled {
  if (random.chance(0.25)) {
    const format = random.pick(Object.keys(formats))
    return { schema: { type: 'string', format }, value: () => formats[format]!(random) }
  }
  if (random.chance(0.4)) {
    const { pattern, text } = random.pick(patterns)
    if (random.chance(0.7)) return { schema: { type: 'string', pattern }, value: () => text(random) }
    const some = Array.from({ length: 8 }, () => text(random))
    const lengths = some.map((one) => [...one].length)
    const [minLength, maxLength] = [Math.min(...lengths), Math.max(...lengths)]
    return { schema: { type: 'string', pattern, minLength, maxLength }, value: () => random.pick(some) }
  }
  const min = random.chance(0.4) ? random.below(5) : undefined
  const max = random.chance(0.5) ? (min ?? 0) + random.below(12) : undefined
  return {
    schema: {
      type: 'string',
      ...(min !== undefined && { minLength: min }),
      ...(max !== undefined && { maxLength: max }),
    },
    value: () => textOf(random, (min ?? 0) + random.below((max ?? (min ?? 0) + 6) - (min ?? 0) + 1)),
  }
}
