import { expect, test } from 'vitest'
import { exampleNotes } from './example-notes.ts'
import { example } from './testing/models.ts'

test('the same question twice: the same answer is a duplicate, another one a contradiction', () => {
  const notes = exampleNotes([
    example('a', 'Where is my card?', 'card_arrival'),
    example('b', ' where is  my card', 'Card_arrival'),
    example('c', 'Where is my card?', 'lost_card'),
    example('d', 'Where is my card?', 'lost_card'),
    example('e', 'The total?', { b: 1, a: 2 }),
    example('f', 'The total?', { a: 2, b: 1 }),
  ])
  expect(notes).toEqual({ duplicates: ['b', 'd', 'f'], contradictions: ['c'], leaks: [] })
})

test('an answer in the question, and a question that a worked example answers', () => {
  const notes = exampleNotes([
    example('a', 'Is it lost_card or card_payment_not_recognised?', 'card_payment_not_recognised'),
    example('short', 'transfer 20 dollars', 'transfer'),
    example(
      'shots',
      [
        { role: 'user', content: 'Where is it?' },
        { role: 'assistant', content: 'on the way' },
        { role: 'user', content: 'And now?' },
      ],
      'delivered',
    ),
    example('shown', 'Where is it', 'On the way.'),
    example('other', 'Where is it', 'nowhere to be seen'),
  ])
  expect(notes.leaks).toEqual(['a', 'shown'])
})
