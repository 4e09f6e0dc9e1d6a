import { readFileSync } from 'node:fs'
import { type Schema, Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { useCaseJsonSchema } from './json-schema.ts'
import { randomUseCase } from './testing/random-use-case.ts'

const schema = useCaseJsonSchema()
const validator = new Validator(schema as Schema, '2020-12')

test('the published file is this schema: else run node --conditions=edgewise-source scripts/write-schemas.mjs', () => {
  const file = new URL('../../../../schemas/edgewise.use-case.schema.json', import.meta.url)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema)
})

test('every key has a help text', () => {
  const without: string[] = []
  let keys = 0
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, inner] of Object.entries(node)) {
      if (name === 'properties') {
        for (const [key, value] of Object.entries(inner as Record<string, { description?: string }>)) {
          keys++
          if (!value.description) without.push(`${path}/${key}`)
        }
      }
      walk(inner, `${path}/${name}`)
    }
  }
  walk(schema, '')
  expect(without).toEqual([])
  expect(keys).toBeGreaterThan(35)
})

test('it takes every use case that is one, and refuses an answer that nobody asked for', () => {
  fc.assert(
    fc.property(randomUseCase, (input) => {
      expect(validator.validate(input).errors).toEqual([])
      expect(validator.validate({ ...input, budget: 1 }).valid).toBe(false)
    }),
    { seed: 73, numRuns: 200 },
  )
})
