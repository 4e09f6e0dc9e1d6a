import { expect, test } from 'vitest'
import { kinds, kindsOf, kindTable } from './unicode-kinds.ts'

const classes = [
  { kind: kinds.letter, property: /\p{L}/u, count: 136_726 },
  { kind: kinds.number, property: /\p{N}/u, count: 1_831 },
  { kind: kinds.mark, property: /\p{M}/u, count: 2_450 },
  { kind: kinds.punctuation, property: /\p{P}/u, count: 842 },
  { kind: kinds.space, property: /\p{White_Space}/u, count: 25 },
]

test.each(classes)('$count code points of Unicode 15.1 are $property', ({ kind, property, count }) => {
  const found = [...kindTable().keys()].filter((point) => kindTable()[point] === kind)
  expect(found).toHaveLength(count)
  // The host knows Unicode 15.1 or later, and no character has changed its kind since.
  expect(found.filter((point) => !property.test(String.fromCodePoint(point)))).toEqual([])
})

test('all bytes of a character have its kind', () => {
  const { other, letter, number, mark, punctuation, space } = kinds
  expect([...kindsOf(new TextEncoder().encode('a é！٣\u0301\u2003𐐀𝟘😀'))]).toEqual([
    letter,
    space,
    ...[letter, letter],
    ...[punctuation, punctuation, punctuation],
    ...[number, number],
    ...[mark, mark],
    ...[space, space, space],
    ...[letter, letter, letter, letter],
    ...[number, number, number, number],
    ...[other, other, other, other],
  ])
})
