/**
 * Extraction: how many of the expected fields an answer has, and how many of its own are expected. A field is a value with the path to it,
 * `items[].price`; a list's order does not matter. The score is the F1 of the two shares (van Rijsbergen 1979), per answer.
 */
import { jsonOf, normalised } from '../text-forms.ts'
import type { Grader } from './grader.ts'

export function fieldF1(): Grader {
  return {
    name: 'fields',
    how: 'the score is the F1 of its fields: 2 x right / (answered + expected); a field is right when its path and value are expected, texts compared without regard to case, white space and closing punctuation; empty fields count as absent',
    key: 'fields/1',
    instructions: null,
    responseFormat: { type: 'json' },
    cannotGrade: ({ expected }) =>
      typeof expected === 'string' ? 'must be a JSON object or list for this grader' : null,
    grade(answer, { expected }) {
      const json = jsonOf(answer)
      if (json === null) return { score: 0, note: 'no JSON' }
      return { score: overlapF1(fieldsOf(json.value), fieldsOf(expected)) }
    },
  }
}

/** F1 of two bags; 1 where both are empty. */
export function overlapF1(answered: readonly string[], expected: readonly string[]): number {
  const total = answered.length + expected.length
  if (total === 0) return 1
  const open = new Map<string, number>()
  for (const one of expected) open.set(one, (open.get(one) ?? 0) + 1)
  let right = 0
  for (const one of answered) {
    const left = open.get(one) ?? 0
    if (left === 0) continue
    open.set(one, left - 1)
    right++
  }
  return (2 * right) / total
}

/** `path=value` for each value in it. null, empty texts, empty lists and objects are none. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (value === null || value === '') return []
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`))
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, item]) => fieldsOf(item, `${path}.${key}`))
  return [`${path}=${typeof value === 'string' ? normalised(value) : JSON.stringify(value)}`]
}
