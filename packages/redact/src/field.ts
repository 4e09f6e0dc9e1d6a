/** A value that has a name: a member of a JSON object, a parameter. The name says what digits are, and what is a secret whole. */
import { findIdentifiers } from './find.ts'
import { isSecretValue } from './rules/assignment.ts'
import type { Span } from './span.ts'

/** `nhsNumber` and `nhs_number` as words. */
const words = (name: string) => name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replace(/[_\-.]+/g, ' ')

/** Spans in `value`, read as what `name` calls it: `{"ssn": "219099999"}` is one, and so is all of `{"password": "x y"}`. */
export function findInField(name: string, value: string): Span[] {
  if (isSecretValue(name, value)) return [{ type: 'PASSWORD', start: 0, end: value.length }]
  const before = `${words(name).slice(-64)}: `
  return findIdentifiers(before + value).flatMap(({ type, start, end }) =>
    end <= before.length
      ? []
      : [{ type, start: Math.max(0, start - before.length), end: end - before.length }],
  )
}
