/**
 * Which label an answer means: case, white space, underscores, hyphens, quotation marks and closing punctuation aside. Labels that differ in
 * nothing else are refused, as no answer could mean one of them.
 */
import { StudentError } from '../errors.ts'

/** Looks the label of an answer up; null when it is none of them. Throws StudentError `examples_invalid` for labels that cannot be told apart. */
export function labelFinder(labels: readonly string[]): (answer: string) => string | null {
  const byKey = new Map<string, string>()
  const issues: string[] = []
  for (const label of new Set(labels)) {
    const key = keyOf(label)
    const other = byKey.get(key)
    if (key === '') issues.push(`${JSON.stringify(label)} has no letter or digit`)
    else if (other !== undefined)
      issues.push(`${JSON.stringify(other)} and ${JSON.stringify(label)} cannot be told apart`)
    byKey.set(key, label)
  }
  if (issues.length > 0)
    throw new StudentError(
      'examples_invalid',
      `labels are told apart by more than case, white space, underscores, hyphens, quotation marks and closing punctuation; rename these:\n${issues.join('\n')}`,
      issues,
    )
  return (answer) => byKey.get(keyOf(answer)) ?? null
}

const keyOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/^[\s"'`“”‘’]+|[\s"'`“”‘’.,;:!?…]+$/g, '')

/** The labels of `targets`, sorted, each once. */
export const labelsIn = (targets: Iterable<string>): readonly string[] => [...new Set(targets)].sort()
