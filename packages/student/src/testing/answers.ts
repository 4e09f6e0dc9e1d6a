/** Teachers' answers and examples for tests. */
import type { TeacherAnswer } from '../data/answer.ts'
import type { Example } from '../data/example.ts'

export const answerOf = (changes: Partial<TeacherAnswer> = {}): TeacherAnswer => ({
  id: 'a',
  text: 'Where is my card?',
  answer: 'card_arrival',
  teacher: 'gpt-5-nano',
  sample: 0,
  costUsd: 0.001,
  inputTokens: 20,
  outputTokens: 3,
  at: null,
  user: null,
  feedback: null,
  probabilities: null,
  ...changes,
})

export const exampleOf = (changes: Partial<Example> = {}): Example => ({
  id: 'e',
  text: 'Where is my card?',
  target: 'card_arrival',
  from: 'gold',
  ...changes,
})
