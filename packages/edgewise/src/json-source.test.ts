import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonSyntaxError, parseJsonSource } from './json-source.ts'

const run = { seed: 1, numRuns: 500 }

const errorOf = (text: string): JsonSyntaxError => {
  try {
    parseJsonSource(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

test('every JSON text gives what JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space)
      fc.pre(!text.includes('__proto__'))
      expect(parseJsonSource(text).value).toEqual(JSON.parse(text))
    }),
    run,
  )
})

test('a damaged text is refused exactly when JSON.parse refuses it, except for forbidden names', () => {
  const damaged = fc
    .tuple(
      fc.jsonValue({ maxDepth: 3 }),
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', '"', ',', '}', '\\', '0', ' ', '\n', '-', 'e'),
    )
    .map(([value, at, cut, insert]) => {
      const text = JSON.stringify(value)
      const offset = at % (text.length + 1)
      return text.slice(0, offset) + insert + text.slice(offset + cut)
    })
  fc.assert(
    fc.property(damaged, (text) => {
      let expected: unknown
      let valid = true
      try {
        expected = JSON.parse(text)
      } catch {
        valid = false
      }
      try {
        const { value } = parseJsonSource(text)
        expect(valid).toBe(true)
        expect(value).toEqual(expected)
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error
        if (!/stands twice|__proto__/.test(error.message)) expect(valid).toBe(false)
      }
    }),
    { seed: 2, numRuns: 3000 },
  )
})

test('positions of values, members and missing members', () => {
  const source = parseJsonSource('{\n  "a": [1,\r\n    {"b": 2}],\n  "c": 3}')
  expect(source.at(['a'])).toEqual({ line: 2, column: 3 })
  expect(source.at(['a', 0])).toEqual({ line: 2, column: 9 })
  expect(source.at(['a', 1, 'b'])).toEqual({ line: 3, column: 6 })
  expect(source.at(['a', 1, 'missing'])).toEqual({ line: 3, column: 5 })
  expect(source.at(['nowhere'])).toEqual({ line: 1, column: 1 })
})

describe('what is wrong, where and what to do', () => {
  test.each([
    ['{"a": 1,}', 1, 9, 'comma stands before this }'],
    ['[1,\n]', 2, 1, 'comma stands before this ]'],
    ['{\n  // note\n}', 2, 3, 'in double quotes, found "/"'],
    ['[/*x*/1]', 1, 2, 'no comments'],
    ['{"a": 1\n "b": 2}', 2, 2, 'expected "," or "}", found "\\""'],
    ['{"a": 1, "a": 2}', 1, 10, 'stands twice'],
    ['{"__proto__": 1}', 1, 2, 'cannot be a name'],
    ['{"a', 1, 2, 'never closed'],
    ['{"a\n": 1}', 1, 4, 'ends before its line does'],
    ['{"C:\\dir": 1}', 1, 2, 'write \\\\ for a backslash'],
    ["{'a': 1}", 1, 2, 'found "\'"'],
    ['{"a": 1', 1, 8, 'the text ends here'],
    ['', 1, 1, 'the text ends here'],
    ['{} x', 1, 4, 'expected the end'],
    ['{"a": tru}', 1, 7, 'expected a value'],
    ['{"a": 01}', 1, 8, 'expected "," or "}"'],
  ])('%j', (text, line, column, message) => {
    const error = errorOf(text)
    expect(error.message).toContain(message)
    expect(error.position).toEqual({ line, column })
  })
})

test('a byte order mark is skipped and not counted', () => {
  expect(parseJsonSource('\uFEFF{"a": 1}').value).toEqual({ a: 1 })
  expect(errorOf('\uFEFF{x}').position).toEqual({ line: 1, column: 2 })
})

test('deep nesting is an error, not a stack overflow', () => {
  expect(errorOf('['.repeat(1_000_000)).message).toContain('levels of nesting')
})
