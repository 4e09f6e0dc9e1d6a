import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadConstraintError, ConstraintTooLargeError, UnsupportedConstraintError } from '../../errors.ts'
import { accepts, allTexts, overBytes } from '../testing/accepts.ts'

const characters = [
  'a',
  'b',
  'c',
  '0',
  '_',
  ' ',
  '\n',
  'é',
  'ß',
  '日',
  '😀',
  '"',
  '\\',
  '\u2028',
  '\u0001',
  '-',
]
const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 6 })

const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    '.',
    '\\d',
    '\\w',
    '\\S',
    '\\s',
    '[ab]',
    '[^a]',
    '[a-c_]',
    '[^\\w\\s]',
    'é',
    '日',
    '😀',
    '[日-😀]',
    '\\p{L}',
  ],
  ...[
    '\\P{Lu}',
    '\\u00e9',
    '\\u{1f600}',
    '\\ud83d\\ude00',
    '\\x61',
    '\\n',
    '\\cJ',
    '\\-',
    '[\\-\\]b]',
    '"',
    '\\\\',
    '[\\b\\0]',
    '[]',
    '[^]',
    '$',
    '^',
  ],
)
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '{2,3}?')
const isAnchor = (one: string) => one === '$' || one === '^'
/** Small ones: the host tries all ways one after the other, which takes it seconds for larger ones. */
const { expression } = fc.letrec<{ expression: string; group: string; piece: string }>((tie) => ({
  expression: fc.array(tie('piece'), { maxLength: 3 }).map((pieces) => pieces.join('')),
  group: fc
    .tuple(
      fc.constantFrom('(', '(?:', '(?<name>'),
      fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
    )
    .map(([open, parts]) => `${open}${parts.join('|')})`),
  piece: fc
    .tuple(fc.oneof({ maxDepth: 2, withCrossShrink: true }, atom, tie('group')), quantifier)
    .map(([one, times]) => (isAnchor(one) ? one : one + times)),
}))
/** The host refuses the same name twice, and escapes that ours allows. */
const named = (source: string): string => {
  let count = 0
  return source.replaceAll('(?<name>', () => `(?<n${count++}>`)
}
const byHost = (source: string): string => source.replaceAll(/\\-(?![^[]*\])/g, '-')

test('a whole match, as the host has it', () => {
  let matches = 0
  fc.assert(
    fc.property(expression.map(named), fc.array(text, { minLength: 5, maxLength: 5 }), (source, texts) => {
      const host = new RegExp(`^(?:${byHost(source)})$`, 'u')
      let constraint: ReturnType<typeof overBytes> | undefined
      try {
        constraint = overBytes({ regex: source })
      } catch (error) {
        expect(String(error)).toMatch(/no text satisfies/)
      }
      for (const one of ['', 'a', ...texts]) {
        if (host.test(one)) matches++
        expect([source, one, constraint ? accepts(constraint, one) : false]).toEqual([
          source,
          one,
          host.test(one),
        ])
      }
    }),
    { numRuns: 500, seed: 6 },
  )
  expect(matches).toBeGreaterThan(200)
})

test('a pattern of a schema is searched for, in the characters of the string', () => {
  fc.assert(
    fc.property(
      expression.map(named),
      fc.array(text, { minLength: 4, maxLength: 4 }),
      fc.nat(3),
      (source, texts, min) => {
        const host = new RegExp(byHost(source), 'u')
        let constraint: ReturnType<typeof overBytes> | undefined
        try {
          constraint = overBytes({
            jsonSchema: { type: 'string', pattern: source, minLength: min, maxLength: 4 },
          })
        } catch (error) {
          expect(String(error)).toMatch(/no text satisfies/)
        }
        for (const one of texts) {
          const length = [...one].length
          const isRight = host.test(one) && length >= min && length <= 4
          const isAccepted = constraint ? accepts(constraint, JSON.stringify(one)) : false
          expect([source, one, isAccepted]).toEqual([source, one, isRight])
        }
      },
    ),
    { numRuns: 400, seed: 7 },
  )
})

test('the languages of some expressions', () => {
  expect(allTexts(overBytes({ regex: '(a|b?c){1,2}' })).sort()).toEqual(
    ['a', 'c', 'bc', 'aa', 'ac', 'abc', 'ca', 'cc', 'cbc', 'bca', 'bcc', 'bcbc'].sort(),
  )
  expect(allTexts(overBytes({ regex: '[é-í]' }))).toEqual(['é', 'ê', 'ë', 'ì', 'í'])
  expect(allTexts(overBytes({ regex: '^a$|b$' }))).toEqual(['a', 'b'])
  expect(allTexts(overBytes({ regex: '(?:x{0,2}){0,2}' }))).toEqual(['', 'x', 'xx', 'xxx', 'xxxx'])
  expect(allTexts(overBytes({ jsonSchema: { type: 'string', pattern: '^["\\\\/\u0001]$' } })).sort()).toEqual(
    ['"\\""', '"\\\\"', '"/"', '"\\u0001"'].sort(),
  )
})

test('look-ahead behind a leading ^, as the host has it', () => {
  const ahead = fc.array(
    fc.tuple(
      fc.constantFrom('(?=', '(?!'),
      expression.map((one) => one.replaceAll('?<name>', '?:')),
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  let compared = 0
  fc.assert(
    fc.property(
      ahead,
      expression.map(named),
      fc.array(text, { minLength: 8, maxLength: 8 }),
      (looks, rest, texts) => {
        const source = `^${looks.map(([open, inside]) => `${open}${inside})`).join('')}${rest}$`
        const host = new RegExp(byHost(source), 'u')
        let constraint: ReturnType<typeof overBytes> | undefined
        try {
          constraint = overBytes({ jsonSchema: { type: 'string', pattern: source } })
        } catch (error) {
          if (error instanceof ConstraintTooLargeError) return
          expect(String(error)).toMatch(/no text satisfies/)
        }
        compared++
        for (const one of ['', 'a', ...texts]) {
          const isAccepted = constraint ? accepts(constraint, JSON.stringify(one)) : false
          expect([source, one, isAccepted]).toEqual([source, one, host.test(one)])
        }
      },
    ),
    { numRuns: 120, seed: 8 },
  )
  expect(compared).toBeGreaterThan(80)
})

test('what is no regular language, or not built in, is refused by name', () => {
  for (const [source, name] of [
    ['(a)\\1', /a back-reference/],
    ['(?<x>a)\\k<x>', /a back-reference/],
    ['a(?=b)', /look-ahead elsewhere than behind a leading \^/],
    ['(?!a)b', /look-ahead elsewhere/],
    ['^(?!a)b|c', /look-ahead in one of several alternatives/],
    ['^a(?!b)', /look-ahead elsewhere/],
    ['(?<=a)b', /look-behind/],
    ['(?<!a)b', /look-behind/],
    ['\\bword', /the word boundary \\b/],
    ['a\\B', /the word boundary \\B/],
    ['(?i:a)', /flags/],
    ['\\ud83d', /half of a surrogate pair/],
  ] as const) {
    expect(() => overBytes({ regex: source })).toThrow(UnsupportedConstraintError)
    expect(() => overBytes({ regex: source })).toThrow(name)
  }
})

test('what is no expression is refused with the place', () => {
  for (const source of [
    '(',
    'a)',
    '[a',
    '*',
    'a**',
    '\\',
    'a{2,1}',
    '\\p{Nothing}',
    '\\p',
    '[b-a]',
    '[\\d-z]',
    '\\q',
    ']',
    '{',
    '^*',
    '(?<1>a)',
    '\\u{110000}',
  ]) {
    expect(() => overBytes({ regex: source })).toThrow(BadConstraintError)
    expect(() => new RegExp(source, 'u')).toThrow()
  }
  expect(() => overBytes({ regex: 'ab(' })).toThrow(
    'the expression "ab(" is not valid: "(" without ")" (at 3)',
  )
})
