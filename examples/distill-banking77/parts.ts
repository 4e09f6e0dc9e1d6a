/**
 * Banking77 (Casanueva et al. 2020, CC BY 4.0) in three parts by the digest of each text: rows whose labels teach the teacher, texts that the student
 * learns without labels, and gold rows that everybody is measured with. The set's own test split is not used.
 */
import { readFile } from 'node:fs/promises'
import { hash32 } from '@edgewise/evidence'
import { DISTIL_DEFAULTS, type Example, leakFinder } from '@edgewise/student'
import { parse } from 'csv-parse/sync'

export interface Parts {
  readonly teacher: readonly Example[]
  readonly student: readonly Example[]
  readonly test: readonly Example[]
}

/** Shares of all rows: 42 % teach the teacher, 43 % the student, 15 % are the test. */
const [TEST, TEACHER] = [0.15, 0.57]

/** `most` rows at most, of the first labels in the file: a part to try with. Rejects where the file is not there or is another one. */
export async function readParts(path: string, most: number): Promise<Parts> {
  const rows: { text?: string; category?: string }[] = parse(await readFile(path, 'utf8'), {
    columns: true,
    bom: true,
  })
  const examples = rows.slice(0, most).map(({ text = '', category = '' }, i): Example => {
    if (text === '' || category === '')
      throw new Error(`${path}, row ${i + 2}: it needs the columns text and category`)
    return { id: `row-${i + 2}`, text, target: category, from: 'gold', row: i + 2 }
  })
  const place = ({ text }: Example): number => hash32(`banking77 ${text}`) / 2 ** 32
  const test = examples.filter((example) => place(example) < TEST)
  // What the test has nearly word for word teaches nobody; of the student's texts the filter sees to that.
  const leak = leakFinder(test, DISTIL_DEFAULTS.filter.near)
  const labelled = examples.filter((example) => place(example) >= TEST && place(example) < TEACHER)
  return {
    test,
    teacher: labelled.filter((example) => leak(example) === null),
    student: examples.filter((example) => place(example) >= TEACHER),
  }
}

/** The first `count` rows of each label, as a team would write them before it has a teacher. */
export function seedsOf(examples: readonly Example[], count: number): readonly Example[] {
  const seen = new Map<string, number>()
  return examples.flatMap((example) => {
    const before = seen.get(example.target) ?? 0
    seen.set(example.target, before + 1)
    return before < count ? [{ ...example, from: 'seed' as const }] : []
  })
}
