/** JSON: the same values as expected, or of a schema. Text around it is wrong, one Markdown fence is not. */
import type { JSONSchema7 } from '@ai-sdk/provider'
import { type Schema, Validator } from '@cfworker/json-schema'
import { AdvisorError } from '../../errors.ts'
import type { Example } from '../example.ts'
import { canonical, jsonOf } from '../text-forms.ts'
import type { Grader } from './grader.ts'

const FENCE = 'one Markdown fence around it is taken off'

/** `schema`: asked of the models as the form of their answer; an answer is graded by its values alone. */
export function jsonEquality(schema?: JSONSchema7): Grader {
  return {
    name: 'json',
    how: `an answer is right when it is JSON with the values of the expected one: the order of keys does not matter, that of lists does, texts and numbers must be the same; ${FENCE}`,
    key: `json/1 ${canonical(schema ?? null)}`,
    instructions: null,
    responseFormat: { type: 'json', ...(schema && { schema }) },
    cannotGrade: (example) => (expectedJson(example) === null ? 'must be JSON for this grader' : null),
    grade(answer, example) {
      const json = jsonOf(answer)
      if (json === null) return { score: 0, note: 'no JSON' }
      return { score: canonical(json.value) === canonical(expectedJson(example)!.value) ? 1 : 0 }
    },
  }
}

/** Whether the answer is valid, not whether it is true. Throws AdvisorError `grader_invalid` for a schema that cannot be read. */
export function jsonSchema(schema: JSONSchema7): Grader {
  const validator = validatorOf(schema)
  return {
    name: 'schema',
    how: `an answer is right when it is JSON that is valid by the schema; whether its values are true is not looked at; ${FENCE}`,
    key: `schema/1 ${canonical(schema)}`,
    instructions: null,
    responseFormat: { type: 'json', schema },
    cannotGrade: () => null,
    grade(answer) {
      const json = jsonOf(answer)
      if (json === null) return { score: 0, note: 'no JSON' }
      return validator.validate(json.value).valid ? { score: 1 } : { score: 0, note: 'not of the schema' }
    },
  }
}

function validatorOf(schema: JSONSchema7): Validator {
  try {
    const validator = new Validator(schema as Schema, '7')
    // References are looked up only now.
    validator.validate(null)
    return validator
  } catch (cause) {
    throw new AdvisorError(
      'grader_invalid',
      `the JSON schema cannot be used (${(cause as Error).message}): mend it`,
      [],
      { cause },
    )
  }
}

const expectedJson = ({ expected }: Example): { readonly value: unknown } | null =>
  typeof expected === 'string' ? jsonOf(expected) : { value: expected }
