/**
 * Where a JSON value ends in text that is still coming: brackets and strings are followed, nothing else is checked;
 * `JSON.parse` does that when the value is whole. Only lists and objects, which say themselves where they end.
 */

/** Levels of brackets; deeper is not a call. */
const MAX_DEPTH = 100

export interface JsonScan {
  /**
   * Reads on in `text`, which must begin with `{` or `[` at the first call, and gives the place after the value's end,
   * `undefined` when more must come, `null` when it can be no JSON.
   */
  read(text: string): number | undefined | null
}

export function jsonScan(): JsonScan {
  const open: string[] = []
  let inString = false
  let isEscaped = false
  return {
    read(text) {
      for (let at = 0; at < text.length; at++) {
        const char = text[at]!
        if (inString) {
          if (isEscaped) isEscaped = false
          else if (char === '\\') isEscaped = true
          else if (char === '"') inString = false
          else if (char === '\n') return null
        } else if (char === '"') inString = true
        else if (char === '{' || char === '[') {
          if (open.push(char === '{' ? '}' : ']') > MAX_DEPTH) return null
        } else if (char === '}' || char === ']') {
          if (open.pop() !== char) return null
          if (open.length === 0) return at + 1
        }
      }
      return undefined
    },
  }
}

/** The list or object that begins at `from` of a text, and the place after it; undefined when none does. */
export function jsonAt(text: string, from: number): { value: unknown; end: number } | undefined {
  if (text[from] !== '{' && text[from] !== '[') return undefined
  const length = jsonScan().read(text.slice(from))
  if (typeof length !== 'number') return undefined
  try {
    return { value: JSON.parse(text.slice(from, from + length)), end: from + length }
  } catch {
    return undefined
  }
}
