/** JSON text laid out on lines and cut into keys, values and what stands between, for colouring. */

interface JsonPiece {
  readonly at: number
  readonly text: string
  readonly kind: 'key' | 'value' | 'mark'
}

/** A string with the colon after it if it is a key, or a number, or a word. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g

/** The pieces join to the laid-out text; text that is not JSON comes back as it is. */
export function jsonPieces(json: string): readonly JsonPiece[] {
  const text = layOut(json)
  if (text === null) return [{ at: 0, text: json, kind: 'mark' }]
  const pieces: JsonPiece[] = []
  let at = 0
  const add = (end: number, kind: JsonPiece['kind']): void => {
    if (end > at) pieces.push({ at, text: text.slice(at, end), kind })
    at = end
  }
  for (const match of text.matchAll(token)) {
    add(match.index, 'mark')
    add(match.index + (match[1] ?? match[0]).length, match[2] === undefined ? 'value' : 'key')
  }
  add(text.length, 'mark')
  return pieces
}

function layOut(json: string): string | null {
  try {
    return lay(JSON.parse(json), '')
  } catch {
    return null
  }
}

const widest = 68

/** What fits on a line stands on one; a value that does not, has a line for each of its parts. */
function lay(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const list = Array.isArray(value)
  const [open, close] = list ? ['[', ']'] : ['{', '}']
  const deeper = `${indent}  `
  const parts = list
    ? value.map((part) => lay(part, deeper))
    : Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${lay(part, deeper)}`)
  if (parts.length === 0) return open + close
  const line = `${open} ${parts.join(', ')} ${close}`
  if (indent !== '' && !line.includes('\n') && indent.length + line.length <= widest) return line
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`
}
