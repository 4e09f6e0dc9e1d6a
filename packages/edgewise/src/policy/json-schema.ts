/**
 * The JSON Schema of a policy file (draft 2020-12), for editors and other languages: the shape of schema.ts with its help,
 * and which keys go with which place (contradictions.ts). The published copy is schemas/edgewise.policy.schema.json.
 */
import { z } from 'zod'
import { placesOfKey } from './contradictions.ts'
import { places } from './rule-schema.ts'
import { policySchema } from './schema.ts'

interface ObjectSchema {
  [keyword: string]: unknown
  readonly properties: Record<string, Record<string, unknown>>
}

/** A new copy on each call. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema) as unknown as ObjectSchema
  const { tasks, default: fallback, ...others } = schema.properties
  const { description, ...rule } = fallback!
  return {
    $schema,
    title: 'Edgewise policy',
    description:
      'Says for every task where it may run, what may leave the device, how long it may take and cost.',
    ...schema,
    properties: {
      ...others,
      tasks: { ...tasks, additionalProperties: { $ref: '#/$defs/rule' } },
      default: { description, $ref: '#/$defs/rule' },
    },
    $defs: { rule: { ...rule, allOf: places.map(onlyItsKeys) } },
  }
}

/** Of a rule with this place: the keys that contradict it may not be there. */
function onlyItsKeys(place: (typeof places)[number]): Record<string, unknown> {
  const keys = Object.entries(placesOfKey).flatMap(([key, fit]) => (fit.places.includes(place) ? [] : [key]))
  return {
    if: { properties: { place: { const: place } }, required: ['place'] },
    then: { properties: Object.fromEntries(keys.map((key) => [key, false])) },
  }
}
