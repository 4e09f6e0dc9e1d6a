/**
 * The smallest value of a JSON schema that is obviously made up: what a rehearsal answers when JSON is asked for and no
 * script says which. It knows the keywords that clients send for structured output, and gives `null` where it knows none.
 */

type Schema = Readonly<Record<string, unknown>>

/** Schemas that contain themselves end here. */
const MAX_DEPTH = 16

/** @param schema a JSON schema; `$ref` is followed within it (`#/$defs/Name`) */
export function exampleOf(schema: object): unknown {
  return build(schema as Schema, schema as Schema, 0)
}

function build(schema: Schema, root: Schema, depth: number): unknown {
  if (depth > MAX_DEPTH) return null
  const at = (inner: unknown): unknown => build((inner ?? {}) as Schema, root, depth + 1)
  if (typeof schema.$ref === 'string') return at(resolve(schema.$ref, root))
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if ('default' in schema) return schema.default
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) return at(choices[0])
  if (Array.isArray(schema.allOf)) return at(Object.assign({}, ...(schema.allOf as Schema[])))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type ?? (schema.properties === undefined ? undefined : 'object')) {
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return number(schema)
    case 'boolean':
      return false
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () => at(schema.items))
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Schema).map(([key, value]) => [key, at(value)]),
      )
    case undefined:
      return depth === 0 ? {} : null
    default:
      return null
  }
}

function resolve(ref: string, root: Schema): unknown {
  if (!ref.startsWith('#/')) return {}
  const keys = ref.slice(2).split('/')
  return keys.reduce<unknown>((at, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof at === 'object' && at !== null ? (at as Schema)[name] : undefined
  }, root)
}

const FORMATS: Schema = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'rehearsal@example.com',
  uri: 'https://example.com/rehearsal',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function text({ format, minLength, maxLength }: Schema): unknown {
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  if (known !== undefined) return known
  return 'rehearsal'
    .padEnd(Number(minLength ?? 0), '.')
    .slice(0, Number(maxLength ?? Number.POSITIVE_INFINITY))
}

function number({ minimum, exclusiveMinimum, maximum }: Schema): number {
  if (typeof minimum === 'number') return minimum
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1
  return typeof maximum === 'number' ? Math.min(0, maximum) : 0
}
