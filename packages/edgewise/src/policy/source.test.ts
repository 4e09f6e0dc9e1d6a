import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readSource, SourceError } from './source.ts'

const errorOf = (text: string, isJson: boolean): SourceError => {
  try {
    readSource(text, isJson)
  } catch (error) {
    if (error instanceof SourceError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

/** Names that JSON takes and a policy cannot have. */
const isForbidden = (text: string): boolean => /__proto__|<</.test(text)

test('every JSON text gives what JSON.parse gives, as JSON and as YAML', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), fc.boolean(), (value, space, isJson) => {
      const text = JSON.stringify(value, null, space)
      fc.pre(!isForbidden(text))
      expect(readSource(text, isJson).value).toEqual(JSON.parse(text))
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('what a YAML writer makes of a value is read as this value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as unknown
      const text = stringify(plain, { aliasDuplicateObjects: false })
      fc.pre(!isForbidden(text))
      expect(readSource(text, false).value).toEqual(plain)
    }),
    { seed: 2, numRuns: 500 },
  )
})

test('any text is a value or a SourceError whose position lies in it and whose message quotes none of it', () => {
  const yamlish = fc
    .array(
      fc.constantFrom(
        ...'{}[],:-?&*!|>%@`"\'#\n \t\r\\'.split(''),
        'zq7',
        '\n  ',
        ': ',
        '- ',
        '---\n',
        '...\n',
        '<<',
        '!!str ',
        '&a ',
        '*a',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.oneof(yamlish, fc.string({ unit: 'binary', maxLength: 40 })),
      fc.boolean(),
      (text, isJson) => {
        try {
          readSource(text, isJson)
        } catch (error) {
          if (!(error instanceof SourceError)) throw error
          const { line, column } = error.position
          const lines = text.split(/\r\n|\r|\n/)
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1)
          expect(error.message).not.toContain('zq7')
        }
      },
    ),
    { seed: 3, numRuns: 1500 },
  )
})

test('positions of values, members and missing members', () => {
  const json = readSource('{\n  "a": [1,\r\n    {"b": 2}],\n  "c": 3}', true)
  expect(json.at(['a'])).toEqual({ line: 2, column: 3 })
  expect(json.at(['a', 0])).toEqual({ line: 2, column: 9 })
  expect(json.at(['a', 1, 'b'])).toEqual({ line: 3, column: 6 })
  expect(json.at(['a', 1, 'missing'])).toEqual({ line: 3, column: 5 })
  expect(json.at(['nowhere'])).toEqual({ line: 1, column: 1 })

  const yaml = readSource('# a comment\na:\n  - 1\n  - b: 2\n    "c d": |\n      text\n', false)
  expect(yaml.at(['a', 1, 'b'])).toEqual({ line: 4, column: 5 })
  expect(yaml.at(['a', 1, 'c d'])).toEqual({ line: 5, column: 5 })
  expect(yaml.at([])).toEqual({ line: 2, column: 1 })
})

test('a byte order mark is skipped and not counted', () => {
  expect(readSource('\uFEFF{"a": 1}', true).value).toEqual({ a: 1 })
  expect(errorOf('\uFEFF{x}', true).position).toEqual({ line: 1, column: 2 })
})

describe('YAML 1.2: what looks like something else is what it says', () => {
  test.each([
    ['a: no', { a: 'no' }],
    ['a: 2026-08-05', { a: '2026-08-05' }],
    ['a: 1_000', { a: '1_000' }],
    ['a: 0x10', { a: 16 }],
    ['a:', { a: null }],
    ['a: "*b"', { a: '*b' }],
    ['a: { b: [1, true, ~] } # why', { a: { b: [1, true, null] } }],
    ['%YAML 1.1\n---\na: yes', { a: 'yes' }],
  ])('%j', (text, value) => {
    expect(readSource(text, false).value).toEqual(value)
  })
})

describe('what is wrong, where and what to do', () => {
  test.each([
    ['a: 1\na: 2', 2, 1, 'stands twice'],
    ['{"a": 1, "\\u0061": 2}', 1, 10, 'stands twice'],
    ['a: &x 1', 1, 7, 'anchors (&) and aliases (*)'],
    ['a: *x', 1, 4, 'anchors (&) and aliases (*)'],
    ['a: !env KEY', 1, 4, 'tags (!)'],
    ['a: !!str KEY', 1, 10, 'tags (!)'],
    ['a: !!binary S0VZ', 1, 4, 'tags (!)'],
    ['a: 1\n---\nb: 2', 2, 1, 'a second document'],
    ['a: 1\n<<: { b: 2 }', 2, 1, 'no merge key'],
    ['"__proto__": 1', 1, 1, 'cannot be a name'],
    ['1: 2', 1, 1, 'put it in quotes'],
    ['? [a]\n: 1', 1, 3, 'put it in quotes'],
    ['a:\n\t- 1', 2, 1, 'indent with spaces'],
    ['a: b: c', 1, 4, 'quotes'],
    ['a: @b', 1, 4, 'quotes'],
    ['a: [1, 2', 1, 9, 'a bracket before it is not closed'],
    ['a: 1\n  b: 2', 1, 4, 'indent the next line'],
    ['a: "\\d"', 1, 5, 'write \\\\'],
  ])('YAML %j', (text, line, column, message) => {
    const error = errorOf(text, false)
    expect(error.message).toContain(message)
    expect(error.position).toEqual({ line, column })
  })

  test.each([
    ['{"a": 1,}', 1, 9, 'a comma stands before this }'],
    ["{'a': 1}", 1, 2, 'in double quotes'],
    ['a: 1', 1, 1, 'expected a value'],
    ['{"a": 1, "a": 2}', 1, 10, 'stands twice'],
    ['{"__proto__": 1}', 1, 2, 'cannot be a name'],
  ])('JSON %j', (text, line, column, message) => {
    const error = errorOf(text, true)
    expect(error.message).toContain(message)
    expect(error.position).toEqual({ line, column })
  })
})

describe('a text that nests without end is refused before the parser goes down', () => {
  test.each([
    ['brackets', '['.repeat(250_000)],
    ['braces', '{"a":'.repeat(50_000)],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['lines', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('%s', (_, text) => {
    expect(errorOf(text, false).message).toContain('levels of nesting')
  })

  test('brackets inside texts and blocks do not count', () => {
    const many = '['.repeat(200)
    const far = ' '.repeat(300)
    expect(readSource(`a: "${many}"\nb: x${many}\nc: |\n  ${many}\n  ${far}x\n`, false).value).toEqual({
      a: many,
      b: `x${many}`,
      c: `${many}\n${far}x\n`,
    })
  })
})
