import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonFault } from './json-fault.ts'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('a text has a fault exactly when JSON.parse refuses it', () => {
  const damaged = fc
    .tuple(
      fc.jsonValue({ maxDepth: 3 }),
      fc.nat(),
      fc.nat(3),
      fc.constantFrom(
        '',
        '"',
        ',',
        '}',
        ']',
        ':',
        '\\',
        '0',
        ' ',
        '\n',
        '-',
        'e',
        '\\u12',
        '#',
        '/',
        '.',
        'true',
      ),
    )
    .map(([value, at, cut, insert]) => {
      const text = JSON.stringify(value)
      const offset = at % (text.length + 1)
      return text.slice(0, offset) + insert + text.slice(offset + cut)
    })
  fc.assert(
    fc.property(damaged, (text) => {
      const fault = jsonFault(text)
      expect(fault === null).toBe(isJson(text))
      if (fault !== null) expect(fault.offset).toBeLessThanOrEqual(text.length)
    }),
    { seed: 2, numRuns: 5000 },
  )
})

describe('what is wrong, where and what to do', () => {
  test.each([
    ['{"a": 1,}', 8, 'a comma stands before this }: take it out'],
    ['[1,\n]', 4, 'a comma stands before this ]: take it out'],
    ['{\n  // note\n}', 4, 'JSON has no comments: take it out'],
    ['[/*x*/1]', 1, 'JSON has no comments: take it out'],
    ['{"a": 1\n "b": 2}', 9, 'expected "," or "}", found "\\""'],
    ['{"a', 1, 'this string is never closed: add "'],
    ['{"a\n": 1}', 3, 'a string ends before its line does: close it with "'],
    ['{"C:\\dir": 1}', 4, 'this \\ begins nothing that JSON knows: write \\\\ for a backslash'],
    ["{'a': 1}", 1, 'expected a name in double quotes, found "\'"'],
    ['{"a": 1', 7, 'expected "," or "}", the text ends here'],
    ['{"a" 1}', 5, 'expected ":" after a name, found "1"'],
    ['', 0, 'expected a value, the text ends here'],
    ['{} x', 3, 'expected the end of the text, found "x"'],
    ['{"a": tru}', 6, 'expected a value, found "t"'],
    ['{"a": 01}', 7, 'expected "," or "}", found "1"'],
    ['[1}', 2, 'expected "," or "]", found "}"'],
  ])('%j', (text, offset, message) => {
    expect(jsonFault(text)).toEqual({ offset, message })
  })
})
