/**
 * What nothing can be learned from, or measured with, is refused before anything is trained, every row by its name: no examples, one answer
 * alone, labels outside the set, empty texts, one id twice.
 */
import { StudentError } from '../errors.ts'
import { type Example, placeOf } from './example.ts'

/** Rows that one error names. */
const MOST_ISSUES = 20

/**
 * `what`: how a message calls them, `the test set`. `labels`: the set; null where answers are any text. Throws StudentError
 * `examples_invalid`.
 */
export function checkExamples(
  examples: readonly Example[],
  what: string,
  labels: readonly string[] | null,
): void {
  if (examples.length === 0)
    throw new StudentError(
      'examples_invalid',
      `${what} has no examples: give it some, or look at what the filter left out`,
    )
  const issues: string[] = []
  const ids = new Map<string, Example>()
  const known = labels && new Set(labels)
  for (const example of examples) {
    const place = placeOf(example)
    if (example.text.trim() === '') issues.push(`${place}: the text is empty`)
    if (example.target.trim() === '') issues.push(`${place}: the answer is empty`)
    else if (known && !known.has(example.target))
      issues.push(`${place}: the label is none of the ${known.size}`)
    const before = ids.get(example.id)
    if (before !== undefined) issues.push(`${place}: the id is that of ${placeOf(before)}, too`)
    ids.set(example.id, example)
  }
  refuse(what, issues)
  const [first] = examples
  if (examples.every(({ target }) => target === first!.target))
    throw new StudentError(
      'examples_invalid',
      `all ${examples.length} examples of ${what} have one answer: there is nothing to tell apart`,
      [`${placeOf(first!)}: the only answer there is`],
    )
}

/** Throws StudentError `examples_invalid` with at most 20 of the issues in its message, and all of them beside it; not without one. */
export function refuse(what: string, issues: readonly string[]): void {
  if (issues.length === 0) return
  const more = issues.length > MOST_ISSUES ? [`and ${issues.length - MOST_ISSUES} more`] : []
  throw new StudentError(
    'examples_invalid',
    `${what} has rows that cannot be used:\n${[...issues.slice(0, MOST_ISSUES), ...more].join('\n')}`,
    issues,
  )
}
