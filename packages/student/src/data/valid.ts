/** Which answers of a teacher can be learned: one of the labels, JSON of a schema, or any text that is not empty. */
import { z } from 'zod'
import { StudentError } from '../errors.ts'
import { labelFinder } from './labels.ts'

export interface AnswerForm {
  /** null: answers are no labels. */
  readonly labels: readonly string[] | null
  /** A JSON Schema (draft 2020-12), for answers that are JSON. */
  readonly schema?: object | undefined
}

/** What to learn of an answer, or null where it is not valid. Throws StudentError `examples_invalid` for a schema that cannot be checked. */
export function targetFinder({ labels, schema }: AnswerForm): (answer: string) => string | null {
  if (labels !== null) return labelFinder(labels)
  if (schema === undefined) return (answer) => (answer.trim() === '' ? null : answer.trim())
  const checked = schemaOf(schema)
  return (answer) => {
    try {
      return checked.safeParse(JSON.parse(answer)).success ? answer.trim() : null
    } catch {
      return null
    }
  }
}

function schemaOf(schema: object): z.ZodType {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
  } catch (cause) {
    throw new StudentError(
      'examples_invalid',
      `answers cannot be checked against this JSON Schema (${(cause as Error).message}): simplify it`,
      [],
      { cause },
    )
  }
}
