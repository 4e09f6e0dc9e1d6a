/** A JSON schema, whose strings are of three kinds: prose for the model, values it may give, and what the schema is made of. */
import type { JSONSchema7 } from '@ai-sdk/provider'
import type { Visit } from './walk.ts'

const prose = new Set(['description', 'title', '$comment'])
const values = new Set(['enum', 'const', 'default', 'examples', 'example'])
/** Keywords whose members are named by the author. */
const named = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
])

export function mapSchema(schema: JSONSchema7, visit: Visit): JSONSchema7 {
  return (typeof schema === 'object' ? keywords(schema, visit) : schema) as JSONSchema7
}

function keywords(schema: object, visit: Visit): object {
  const out: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined) continue
    if (prose.has(keyword) && typeof value === 'string') {
      const text = visit(value, 'note')
      if (text !== undefined) out[keyword] = text
    } else if (values.has(keyword)) out[keyword] = each(value, visit, 'setting')
    else if (keyword === 'required') out[keyword] = each(value, visit, 'name')
    else if (named.has(keyword) && isObject(value)) {
      out[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, member]) => [visit(name, 'name')!, inner(member, visit)]),
      )
    } else out[visit(keyword, 'name')!] = inner(value, visit)
  }
  return out
}

/** A schema, a list of them, or a keyword's plain value. */
function inner(value: unknown, visit: Visit): unknown {
  if (typeof value === 'string') return visit(value, 'structure')!
  if (Array.isArray(value)) return value.map((item) => inner(item, visit))
  return isObject(value) ? keywords(value, visit) : value
}

/** All strings in a value of any depth. */
function each(value: unknown, visit: Visit, kind: 'setting' | 'name'): unknown {
  if (typeof value === 'string') return visit(value, kind)!
  if (typeof value === 'number') {
    const text = visit(String(value), 'number')!
    return text === String(value) ? value : text
  }
  if (Array.isArray(value)) return value.map((item) => each(item, visit, kind))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [visit(name, 'name')!, each(member, visit, kind)]),
  )
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
