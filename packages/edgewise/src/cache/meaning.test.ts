import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentOf, similarity } from './meaning.ts'

describe('wordings of one question', () => {
  test.each([
    ['What is my balance?', "what's my balance"],
    ['Hi, what is my balance, please?', 'What is my balance'],
    ['Can you tell me what my balance is?', 'Tell me what my balance is'],
    ['I would like to cancel my card.', "I'd like to cancel my card"],
    ['How do I order a card', 'how to order a card?'],
    ['why is my top-up pending', 'why is this top up pending'],
    ['Don’t call me', "don't call me"],
    ['  where   is "Anna"? ', 'Where is Anna'],
    ['¿Dónde está mi tarjeta?', '¿dónde está mi tarjeta'],
    ['我的余额是多少?', '我的余额是多少'],
  ])('%s = %s', (one, other) => {
    expect(contentOf(one)).not.toBeNull()
    expect(contentOf(one)).toBe(contentOf(other))
  })
})

describe('another question', () => {
  test.each([
    ['a number', 'book a table for 4', 'book a table for 2'],
    ['a number in words', 'rate this book two of six', 'rate this book five of six'],
    ['a sign', 'is it -5 outside', 'is it 5 outside'],
    ['a currency', 'send 50$ to Tom', 'send 50€ to Tom'],
    ['a negation', 'why can I use my card', "why can't I use my card"],
    ['not', 'is my card working', 'is my card not working'],
    ['without', 'coffee with milk', 'coffee without milk'],
    ['the question', 'when is my card coming', 'where is my card coming'],
    ['who', 'what is my name', 'what is your name'],
    ['a name', 'call Anna', 'call Anne'],
    ['a placeholder', 'call [PERSON_1]', 'call [PERSON_2]'],
    ['an address', 'mail a@b.com', 'mail b@b.com'],
    ['the direction', 'move 5 from savings to checking', 'move 5 from checking to savings'],
    ['off', 'turn on the light', 'turn off the light'],
    ['or', 'tea and coffee', 'tea or coffee'],
    ['capitals', 'the rules in US', 'the rules for us'],
    ['a filler that is a name', 'book a restaurant in HI', 'Book a restaurant.'],
    ['an order of two', 'is a > b', 'is a < b'],
    ['another language', 'wo ist meine Karte', 'wo ist die Karte'],
  ])('%s', (_, one, other) => {
    expect(contentOf(one)).not.toBe(contentOf(other))
  })

  test('a text of fillers alone, a long one and one with lines stand for themselves', () => {
    expect(contentOf('is it on?')).toBeNull()
    expect(contentOf('')).toBeNull()
    expect(contentOf('word '.repeat(61))).toBeNull()
    expect(contentOf('if x:\n  y')).toBeNull()
  })
})

test('case, spaces and closing marks change nothing; a word more does', () => {
  const word = fc.stringMatching(/^[a-z]{3,8}$/)
  const question = fc.array(word, { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(question, word, fc.constantFrom(' ', '  ', '\t'), (words, more, space) => {
      const plain = words.join(' ')
      const content = contentOf(plain)
      const loud = `${words.map((w) => w[0]!.toUpperCase() + w.slice(1)).join(space)}?!`
      expect(contentOf(loud)).toBe(content)
      fc.pre(content !== null && contentOf(more) !== null)
      expect(contentOf(`${plain} ${more}`)).not.toBe(content)
    }),
    { seed: 8, numRuns: 300 },
  )
})

test('similarity is a cosine: symmetric, 1 of the same words, 0 of none in common', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (one, other) => {
      const near = similarity(one, other)
      expect(near).toBe(similarity(other, one))
      expect(near).toBeGreaterThanOrEqual(0)
      expect(near).toBeLessThanOrEqual(1)
    }),
    { seed: 9, numRuns: 300 },
  )
  expect(similarity('my balance', 'My balance?')).toBeCloseTo(1, 12)
  expect(similarity('balance', 'xyz')).toBe(0)
  expect(similarity('?', '?')).toBe(0)
  // By hand: of ' ab ' the stretches are ' ab', 'ab ', ' ab '; of ' abc ' six, one of them in common.
  expect(similarity('ab', 'abc')).toBeCloseTo(1 / Math.sqrt(3 * 6), 12)
})
