/**
 * How Python writes a value as text (`str`), which is what templates were written against: `True`, `None`, and lists and
 * objects with single quotes. `tojson` is another thing and the engine's own.
 */
import type { Value } from './jinja.ts'

/** The text of a value where it is written out, joined, or asked for with `string`. */
export function pythonText(value: Value): string {
  switch (value.type) {
    case 'StringValue':
      return value.value as string
    case 'UndefinedValue':
      return ''
    default:
      return written(value)
  }
}

function written(value: Value): string {
  switch (value.type) {
    case 'StringValue':
      return quoted(value.value as string)
    case 'BooleanValue':
      return value.value ? 'True' : 'False'
    case 'NullValue':
      return 'None'
    case 'UndefinedValue':
      return 'Undefined'
  }
  if (Array.isArray(value.value)) return `[${(value.value as Value[]).map(written).join(', ')}]`
  if (value.value instanceof Map) {
    const entries = [...(value.value as Map<string, Value>)]
    return `{${entries.map(([key, held]) => `${quoted(key)}: ${written(held)}`).join(', ')}}`
  }
  return String(value)
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/** Single quotes unless that would need a backslash and double ones would not. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be escaped
  const inner = text.replace(/[\\'\x00-\x1f\x7f-\xa0\xad]/g, (char) => {
    if (char === "'") return quote === "'" ? "\\'" : char
    return named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return quote + inner + quote
}
