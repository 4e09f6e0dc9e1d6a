/** The JSON a model wrote as a call -> a typed call. Models swap the names of the fields, so all usual ones are known. */
import type { ChatToolCall, JsonObject } from '../messages.ts'

const nameKeys = ['name', 'tool_name', 'function_name', 'function']
const argumentKeys = ['arguments', 'parameters', 'args', 'input']

export type CallWithoutId = Omit<ChatToolCall, 'id'>

/**
 * The calls in a JSON value: one for an object, any number for a list of them; undefined when it is something else, or
 * names a tool that is not in `names`.
 */
export function parseCalls(value: unknown, names: ReadonlySet<string>): CallWithoutId[] | undefined {
  if (!Array.isArray(value)) {
    const call = parseCall(value, names)
    return call && [call]
  }
  const calls = value.map((held) => parseCall(held, names))
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined
}

function parseCall(value: unknown, names: ReadonlySet<string>): CallWithoutId | undefined {
  if (!isObject(value)) return undefined
  const inner = value.function
  if (isObject(inner)) return parseCall(inner, names)
  const name = find(value, nameKeys)
  const args = parseArguments(find(value, argumentKeys))
  if (typeof name !== 'string' || !names.has(name) || args === undefined) return undefined
  return { name, arguments: args }
}

/** An object, a text that is one, or nothing at all (a tool without arguments). */
function parseArguments(value: unknown): JsonObject | undefined {
  if (value === undefined || value === null) return {}
  if (isObject(value)) return value
  if (typeof value !== 'string') return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function find(value: JsonObject, keys: readonly string[]): unknown {
  const key = keys.find((key) => Object.hasOwn(value, key))
  return key === undefined ? undefined : value[key]
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
