/**
 * The JSON schema of a call in a model's format, for decoding that can write nothing else: with it a call names a tool
 * that exists and its arguments follow that tool's schema, whatever the model would rather say.
 */
import type { ChatTool, JsonObject } from '../messages.ts'
import { CALL_ID, type CallFormat, isArguments, NAME } from './call-format.ts'

/** The schema of one call of one of `tools`: what stands between the format's `open` and `close`. */
export function callSchema(tools: readonly ChatTool[], format: CallFormat): JsonObject {
  const toList = format.isList ? '/items' : ''
  const calls = tools.map((tool, i) => {
    const path = tools.length > 1 ? `#${toList}/anyOf/${i}` : `#${toList}`
    return shaped(format.shape, tool, path) as JsonObject
  })
  const call = calls.length === 1 ? calls[0]! : { anyOf: calls }
  return format.isList ? { type: 'array', items: call, minItems: 1, maxItems: 1 } : call
}

/** The schema of the part of a call's shape at `path` of the whole schema. */
function shaped(shape: unknown, tool: ChatTool, path: string): unknown {
  if (shape === NAME) return { const: tool.name }
  if (isArguments(shape)) return moved(tool.parameters, path)
  if (shape === CALL_ID) return { type: 'string', pattern: '^[a-zA-Z0-9]{9}$' }
  if (typeof shape !== 'object' || shape === null) return { const: shape }
  const entries = Object.entries(shape)
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, held]) => [key, shaped(held, tool, `${path}/properties/${pointer(key)}`)]),
    ),
    required: entries.map(([key]) => key),
    additionalProperties: false,
  }
}

const pointer = (key: string): string => encodeURI(key.replaceAll('~', '~0').replaceAll('/', '~1'))

/** A schema put at `path` of another: references to its own root and parts point there now. Its type is an object's. */
function moved(schema: JsonObject, path: string): unknown {
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => {
        const isLocal = key === '$ref' && typeof held === 'string' && held.startsWith('#')
        return [key, isLocal ? path + held.slice(1) : move(held)]
      }),
    )
  }
  const { $schema: _, ...rest } = move(schema) as JsonObject
  return { type: 'object', ...rest }
}
