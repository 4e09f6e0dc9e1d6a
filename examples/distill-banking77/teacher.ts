/**
 * The local teacher of the demonstration: linear heads, each on another draw of labelled rows (bagging, Breiman 1996), whose mean says how likely
 * each label is. It stands in for a large model behind an API: what it was taught with, the student never sees.
 */
import { seededRandom } from '@edgewise/evidence'
import { type Example, type LinearHead, type TeacherAnswer, trainLinear } from '@edgewise/student'

export interface LocalTeacher {
  readonly name: string
  answer(id: string, text: string): TeacherAnswer
}

/** Probabilities below it are left out of an answer: they say nothing and take room. */
const LEAST = 0.002

export async function localTeacher(
  gold: readonly Example[],
  heads: number,
  seed: number,
): Promise<LocalTeacher> {
  const random = seededRandom(seed)
  const made: LinearHead[] = []
  // The first has every row once, so that each label is known to one head at least.
  const rows = gold.map(({ text, target }) => ({ text, target }))
  made.push(await trainLinear(rows))
  while (made.length < heads)
    made.push(await trainLinear(rows.map(() => rows[Math.floor(random() * rows.length)]!)))
  const name = `${heads} bagged linear heads`
  return {
    name,
    answer(id, text) {
      const mean = new Map<string, number>()
      for (const head of made)
        for (const [i, probability] of head.probabilities(text).entries()) {
          const label = head.labels[i]!
          mean.set(label, (mean.get(label) ?? 0) + probability / made.length)
        }
      const likely = [...mean].filter(([, probability]) => probability >= LEAST).sort(([, a], [, b]) => b - a)
      return {
        id,
        text,
        answer: likely[0]![0],
        teacher: name,
        sample: 0,
        costUsd: 0,
        inputTokens: null,
        outputTokens: null,
        at: null,
        user: null,
        feedback: null,
        probabilities: Object.fromEntries(
          likely.map(([label, probability]) => [label, Math.min(1, probability)]),
        ),
      }
    },
  }
}
