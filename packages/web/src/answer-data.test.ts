import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutAt, readIntent, readStretches } from './answer-data.ts'

test('an intent with its five most probable labels', () => {
  const top = 'abcdef'.split('').map((label, i) => ({ label, probability: 0.5 / (i + 1) }))
  const read = readIntent({ label: 'a', probability: 0.5, oos: 0, top: [...top, { label: 3 }] })
  expect(read?.top.map((t) => t.label).join('')).toBe('abcde')
  expect(readIntent({ label: 'a', probability: 0.5 })?.top).toEqual([])
})

test('stretches of all three tasks', () => {
  const source = 'call Ann now'
  expect(readStretches({ slots: [{ name: 'who', value: 'Ann', start: 5, end: 8 }] }, source)).toEqual([
    { start: 5, end: 8, note: 'who' },
  ])
  expect(
    readStretches([{ type: 'PERSON', start: 5, end: 8, placeholder: '[PERSON_1]' }], source)?.[0]?.note,
  ).toBe('PERSON')
  expect(readStretches([{ start: 5, end: 8, from: 'Ann', to: 'Anne' }], source)?.[0]?.note).toBe('Anne')
  expect(readStretches([], source)).toEqual([])
})

test('stretches that overlap, run backwards or leave the text are not used', () => {
  const span = (start: number, end: number) => ({ type: 'X', start, end })
  for (const spans of [
    [span(0, 3), span(2, 4)],
    [span(3, 2)],
    [span(2, 2)],
    [span(0, 99)],
    [span(-1, 2)],
    [{ type: 'X' }],
  ]) {
    expect(readStretches(spans, 'four')).toBeNull()
  }
})

test('anything at all is read without throwing', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (data, source) => {
      readIntent(data)
      readStretches(data, source)
      readStretches({ slots: data }, source)
      readStretches([data], source)
    }),
    { seed: 3 },
  )
})

test('the pieces join to the text, and the marked ones are the stretches', () => {
  const cuts = fc
    .uniqueArray(fc.nat({ max: 30 }), { maxLength: 8 })
    .map((list) => list.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(fc.string({ minLength: 31, maxLength: 40 }), cuts, (source, at) => {
      const stretches = []
      for (let i = 0; i + 1 < at.length; i += 2) {
        stretches.push({ start: at[i]!, end: at[i + 1]!, note: String(i) })
      }
      const pieces = cutAt(source, stretches)
      expect(pieces.map((p) => p.text).join('')).toBe(source)
      expect(pieces.filter((p) => p.note !== null).map((p) => p.text)).toEqual(
        stretches.map((s) => source.slice(s.start, s.end)),
      )
      expect(pieces.every((p) => p.text !== '')).toBe(true)
    }),
    { seed: 4 },
  )
})
