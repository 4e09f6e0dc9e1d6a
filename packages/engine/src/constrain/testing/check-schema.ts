/** A schema against ajv: values both accept, and values both refuse. */
import { expect } from 'vitest'
import type { Constraint } from '../constraint.ts'
import type { JsonValue, Schema } from '../schema/keywords.ts'
import { accepts, overBytes } from './accepts.ts'
import { judge } from './judge.ts'

export const compactly = (jsonSchema: Schema): Constraint => overBytes({ jsonSchema, whitespace: 'compact' })

/** Values a constraint must accept, in their own order, and values it must not; ajv must agree. */
export function check(schema: Schema, yes: readonly JsonValue[], no: readonly JsonValue[]): void {
  const constraint = compactly(schema)
  const validate = judge(schema)
  for (const value of yes) {
    const text = JSON.stringify(value)
    expect([text, accepts(constraint, text), validate(value)]).toEqual([text, true, true])
  }
  for (const value of no) {
    const text = JSON.stringify(value)
    expect([text, accepts(constraint, text), validate(value)]).toEqual([text, false, false])
  }
}
