/** Every string, key and number of JSON through one function: of values as they are, and of a JSON text without reformatting it. */
import type { JSONValue } from '@ai-sdk/provider'
import { RedactionError } from './errors.ts'

/** What is done with a string; `key`: of the member it is the value of, or that of the array it stands in. */
export interface JsonVisit {
  string(text: string, key: string | undefined): string
  key(text: string): string
  /** A number as it is written; what comes back is put there as a string when it differs. */
  number(text: string, key: string | undefined): string
}

/** A copy. What is no JSON (functions, bigints) is refused; members that are undefined are left out, as JSON.stringify does. */
export function mapJson(value: unknown, visit: JsonVisit, key?: string): JSONValue {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return visit.string(value, key)
  if (typeof value === 'number') {
    const text = String(value)
    const mapped = visit.number(text, key)
    return mapped === text ? value : mapped
  }
  if (Array.isArray(value)) return value.map((item) => mapJson(item ?? null, visit, key))
  if (typeof value !== 'object') {
    throw new RedactionError(
      'cannot_redact',
      `a ${typeof value} stands where JSON is expected: pass plain JSON`,
    )
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return mapJson(value.toJSON(), visit, key)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [visit.key(name), mapJson(member, visit, name)]))
}

/** Strings, then numbers; JSON.parse has taken the text, so nothing else with a quote or a digit is in it. */
const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|[{}[\],]/g

/** Whether `text` is JSON, white space around it allowed. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A text that `isJson`, with its strings, keys and numbers mapped; all else stands as it stood. */
export function mapJsonText(text: string, visit: JsonVisit): string {
  const keys: (string | undefined)[] = []
  let key: string | undefined
  return text.replace(tokens, (token: string, quoted: string | undefined, colon: string | undefined) => {
    if (quoted === undefined) {
      if (token === '{' || token === '[') keys.push(key)
      else if (token === '}' || token === ']') key = keys.pop()
      else if (token === ',') key = keys.at(-1)
      else {
        const mapped = visit.number(token, key)
        return mapped === token ? token : JSON.stringify(mapped)
      }
      return token
    }
    const value = JSON.parse(quoted) as string
    if (colon === undefined) return JSON.stringify(visit.string(value, key))
    key = value
    return JSON.stringify(visit.key(value)) + colon
  })
}
