/**
 * A JSON text and where its values stand. JSON.parse gives the value; this walk gives the line and column that its
 * errors lack, and refuses what JSON.parse takes silently: two keys of the same name (the last one would win), the name
 * `__proto__`, and a nesting deeper than any policy.
 */

export interface Position {
  /** Both from 1; the column counts UTF-16 units. */
  readonly line: number
  readonly column: number
}

export interface JsonSource {
  readonly value: unknown
  /** Where the value at `path` stands: the deepest part of the path that is in the text. */
  at(path: readonly PropertyKey[]): Position
}

/** The text is not JSON. `message` has no position: `position` does. */
export class JsonSyntaxError extends Error {
  readonly position: Position
  constructor(message: string, position: Position) {
    super(message)
    this.name = 'JsonSyntaxError'
    this.position = position
  }
}

const MAX_DEPTH = 64
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y

/** Parses `text`. A byte order mark in front is allowed. Throws JsonSyntaxError. */
export function parseJsonSource(text: string): JsonSource {
  const starts = locate(text)
  return {
    value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text),
    at(path) {
      for (let length = path.length; length > 0; length--) {
        const start = starts.get(pathKey(path.slice(0, length)))
        if (start !== undefined) return positionOf(text, start)
      }
      return positionOf(text, starts.get(pathKey([])) ?? 0)
    },
  }
}

const pathKey = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String))

function positionOf(text: string, offset: number): Position {
  const before = text.slice(text.startsWith('\uFEFF') ? 1 : 0, offset)
  const lines = before.split(/\r\n|\r|\n/)
  return { line: lines.length, column: lines[lines.length - 1]!.length + 1 }
}

/** Walks the grammar of RFC 8259 and notes the offset of every value (for a member: of its key). */
function locate(text: string): Map<string, number> {
  const starts = new Map<string, number>()
  let at = text.startsWith('\uFEFF') ? 1 : 0

  const fail = (message: string, offset = at): never => {
    throw new JsonSyntaxError(message, positionOf(text, offset))
  }
  const space = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++
  }
  const found = () => (at < text.length ? `found ${JSON.stringify(text[at])}` : 'the text ends here')

  function string(): string {
    const start = at++
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit === 0x22) {
        at++
        try {
          return JSON.parse(text.slice(start, at)) as string
        } catch {
          return fail('this string has a \\ that JSON does not know: write \\\\ for a backslash', start)
        }
      }
      if (unit < 0x20) return fail('a string ends before its line does: close it with "')
      if (unit === 0x5c) at++
    }
    return fail('this string is never closed: add "', start)
  }

  function members(path: string[]): void {
    const names = new Set<string>()
    at++
    space()
    if (text[at] === '}') {
      at++
      return
    }
    for (;;) {
      space()
      if (text[at] !== '"') {
        fail(
          text[at] === '}'
            ? 'a comma stands before this }: take it out'
            : `expected a name in double quotes, ${found()}`,
        )
      }
      const start = at
      const name = string()
      if (names.has(name)) fail(`the name ${JSON.stringify(name)} stands twice here: keep one`, start)
      // Validators skip this name, so that what stands under it would be ignored without a word.
      if (name === '__proto__') fail('"__proto__" cannot be a name: choose another', start)
      names.add(name)
      const inner = [...path, name]
      starts.set(pathKey(inner), start)
      space()
      if (text[at] !== ':') fail(`expected ":" after ${JSON.stringify(name)}, ${found()}`)
      at++
      value(inner, false)
      space()
      if (text[at] === '}') break
      if (text[at] !== ',') fail(`expected "," or "}", ${found()}`)
      at++
    }
    at++
  }

  function elements(path: string[]): void {
    at++
    space()
    if (text[at] === ']') {
      at++
      return
    }
    for (let index = 0; ; index++) {
      value([...path, String(index)], true)
      space()
      if (text[at] === ']') break
      if (text[at] !== ',') fail(`expected "," or "]", ${found()}`)
      at++
    }
    at++
  }

  function value(path: string[], note: boolean): void {
    space()
    if (path.length > MAX_DEPTH) fail(`more than ${MAX_DEPTH} levels of nesting: flatten it`)
    if (note) starts.set(pathKey(path), at)
    const first = text[at]
    if (first === '{') members(path)
    else if (first === '[') elements(path)
    else if (first === '"') string()
    else if (!token(NUMBER) && !token(WORD)) {
      fail(
        first === '/'
          ? 'JSON has no comments: take it out'
          : first === ']'
            ? 'a comma stands before this ]: take it out'
            : `expected a value, ${found()}`,
      )
    }
  }

  function token(pattern: RegExp): boolean {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }

  value([], true)
  space()
  if (at < text.length) fail(`expected the end of the text, ${found()}`)
  return starts
}
