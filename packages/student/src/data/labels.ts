/** Which label an answer means: case, white space, underscores, hyphens, quotation marks and closing punctuation aside. */

/** Looks the label of an answer up; null when it is none of them. */
export function labelFinder(labels: readonly string[]): (answer: string) => string | null {
  const byKey = new Map(labels.map((label) => [keyOf(label), label]))
  return (answer) => byKey.get(keyOf(answer)) ?? null
}

const keyOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/^[\s"'`“”‘’]+|[\s"'`“”‘’.,;:!]+$/g, '')

/** The labels of `targets`, sorted, each once. */
export const labelsIn = (targets: Iterable<string>): readonly string[] => [...new Set(targets)].sort()
