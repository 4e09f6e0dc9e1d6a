import { expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { compileConstraint } from '../compile.ts'
import type { Constraint, ConstraintState } from '../constraint.ts'
import { randomOf, randomSchema } from '../testing/random-schema.ts'
import { awkwardVocabulary, singleBytes, vocabularyOfBytes } from '../testing/vocabularies.ts'
import { countBits, hasBit, idsOf } from './mask.ts'

/** Each token alone, by reading its bytes. */
function canAccept(state: ConstraintState, id: number): boolean {
  try {
    state.accept(id)
    return true
  } catch {
    return false
  }
}

/** Follows the constraint over its longer tokens and compares the mask with every token of the vocabulary. */
function compareAlong(constraint: Constraint, seed: number, steps: number): void {
  const random = randomOf(seededRandom(seed))
  const { size } = constraint.tokenizer
  let state = constraint.start()
  for (let step = 0; step < steps && !state.isFinished; step++) {
    const mask = state.mask()
    const wrong = Array.from({ length: size }, (_, id) => id).filter(
      (id) => hasBit(mask, id) !== canAccept(state, id),
    )
    expect(wrong.map((id) => constraint.tokenizer.bytesOf(id))).toEqual([])
    const ids = [...idsOf(mask)].filter((id) => id > 1)
    if (ids.length === 0) return
    const drawn = [random.pick(ids), random.pick(ids)]
    const longer = drawn.sort(
      (a, b) => constraint.tokenizer.bytesOf(b).length - constraint.tokenizer.bytesOf(a).length,
    )
    state = state.accept(longer[0]!)
  }
}

test('a mask allows a token exactly when its bytes can be read, along random schemas', () => {
  for (let seed = 0; seed < 25; seed++) {
    const random = randomOf(seededRandom(seed))
    const { schema } = randomSchema(random)
    const whitespace = random.chance(0.5) ? 'compact' : 'flexible'
    compareAlong(
      compileConstraint({ jsonSchema: schema, whitespace }, awkwardVocabulary(seed % 4, 500)),
      seed,
      10,
    )
  }
})

test('the same for expressions and for lists of texts', () => {
  const vocabulary = awkwardVocabulary(9, 600)
  for (const regex of [
    '.*',
    '(a|é|日)+"?',
    '\\{"a":1,"a":[12]*\\}',
    '[^x]{3,8}',
    '(true|null,|false\\})*',
    '\\p{L}+[\\s\\S]?',
  ]) {
    compareAlong(compileConstraint({ regex }, vocabulary), 1, 12)
  }
  compareAlong(
    compileConstraint({ choices: ['true', 'true}', 'ab', 'é', '😀', '1.5e', '日本ab'] }, vocabulary),
    2,
    5,
  )
})

test('bounds on the length hold for tokens of many characters', () => {
  const runs = Array.from({ length: 12 }, (_, n) => [
    'é'.repeat(n + 1),
    ' '.repeat(n + 2),
    `${'a'.repeat(n)}"`,
    `${'日'.repeat(n)}",`,
  ])
  const vocabulary = vocabularyOfBytes([...singleBytes, ...runs.flat()])
  for (const [minLength, maxLength] of [
    [0, 3],
    [5, 5],
    [2, 9],
    [7, undefined],
  ] as const) {
    const jsonSchema = {
      type: 'array',
      items: { type: 'string', minLength, ...(maxLength !== undefined && { maxLength }) },
    }
    for (let seed = 0; seed < 5; seed++) compareAlong(compileConstraint({ jsonSchema }, vocabulary), seed, 12)
  }
})

test('a mask is remembered where nothing changed', () => {
  const constraint = compileConstraint(
    { jsonSchema: { type: 'string' } },
    vocabularyOfBytes([...singleBytes, 'word']),
  )
  const inside = constraint.start().read('"some ')!
  expect(inside.read('word')).toBe(inside)
  expect(inside.mask()).toBe(inside.mask())
  // All 256 bytes but controls, continuation bytes and what never begins a character; and "word".
  expect(countBits(inside.mask())).toBe(96 + (0xf4 - 0xc2 + 1) + 1)
})

test('bits are counted and listed', () => {
  const bits = Uint32Array.of(0x80000001, 0, 0xffffffff, 0x00010000)
  expect(countBits(bits)).toBe(2 + 32 + 1)
  const ids = [...idsOf(bits)]
  expect(ids).toEqual([0, 31, ...Array.from({ length: 32 }, (_, i) => 64 + i), 112])
  for (let id = 0; id < 128; id++) expect(hasBit(bits, id)).toBe(ids.includes(id))
})
