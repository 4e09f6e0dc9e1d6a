/**
 * The JSON Schema of a use-case file (draft 2020-12), for editors and other languages: the shape of schema.ts with its help. The published
 * copy is schemas/edgewise.use-case.schema.json.
 */
import { z } from 'zod'
import { useCaseSchema } from './schema.ts'

/** A new copy on each call. */
export function useCaseJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(useCaseSchema) as Record<string, unknown>
  return {
    $schema,
    title: 'Edgewise use case',
    description:
      'Five answers of a team: does the task fit a small model, how fast, what may leave the device, offline, how much.',
    ...schema,
  }
}
