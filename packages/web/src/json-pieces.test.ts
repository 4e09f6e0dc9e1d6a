import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonPieces } from './json-pieces.ts'

test('keys, values and marks', () => {
  const pieces = jsonPieces('{"a":"x: \\"y\\"","n":[-1.5e3,true,null]}')
  const of = (kind: string) => pieces.filter((p) => p.kind === kind).map((p) => p.text)
  expect(of('key')).toEqual(['"a"', '"n"'])
  expect(of('value')).toEqual(['"x: \\"y\\""', '-1500', 'true', 'null'])
})

test('what fits on a line stands on one', () => {
  const text = jsonPieces('{"slots":[{"name":"city","value":"Lisbon"},{"name":"a","value":"b"}],"none":[]}')
    .map((p) => p.text)
    .join('')
  expect(text).toBe(`{
  "slots": [
    { "name": "city", "value": "Lisbon" },
    { "name": "a", "value": "b" }
  ],
  "none": []
}`)
})

test('text that is not JSON is left alone', () => {
  expect(jsonPieces('{"a":')).toEqual([{ at: 0, text: '{"a":', kind: 'mark' }])
})

test('the pieces join to the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const pieces = jsonPieces(JSON.stringify(value))
      const laidOut = pieces.map((p) => p.text).join('')
      expect(JSON.stringify(JSON.parse(laidOut))).toBe(JSON.stringify(value))
      expect(new Set(pieces.map((p) => p.at)).size).toBe(pieces.length)
    }),
    { seed: 9 },
  )
})
