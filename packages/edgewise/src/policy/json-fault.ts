/**
 * Where a text stops being JSON, and what to do. Asked only when JSON.parse has refused it: JSON.parse says where in some
 * hosts only, and quotes the text around it, which may be a key. Agrees with JSON.parse on what is JSON.
 */

export interface Fault {
  /** UTF-16 units from the beginning. */
  readonly offset: number
  /** Quotes one character of the text at most. */
  readonly message: string
}

type Expected = 'value' | 'element or ]' | 'name' | 'name or }' | ':' | ', or end'

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
const SPACE = /[ \t\r\n]*/y
const HEX = /^[0-9a-fA-F]{4}$/

/** The first place at which `text` cannot go on as JSON; null when it is JSON. */
export function jsonFault(text: string): Fault | null {
  /** The brackets that are open. */
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0

  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const fault = (message: string, offset = at): Fault => ({ offset, message })
  const found = (): string => (at < text.length ? `found ${JSON.stringify(text[at])}` : 'the text ends here')

  for (;;) {
    skip(SPACE)
    const unit = text[at]
    if (unit === '/' || unit === '#') return fault('JSON has no comments: take it out')
    switch (expected) {
      case ', or end': {
        const inner = open.at(-1)
        if (inner === undefined)
          return at < text.length ? fault(`expected the end of the text, ${found()}`) : null
        const close = inner === '{' ? '}' : ']'
        if (unit === close) open.pop()
        else if (unit === ',') expected = inner === '{' ? 'name' : 'value'
        else return fault(`expected "," or "${close}", ${found()}`)
        at++
        break
      }
      case ':':
        if (unit !== ':') return fault(`expected ":" after a name, ${found()}`)
        at++
        expected = 'value'
        break
      case 'name':
      case 'name or }': {
        if (unit === '}') {
          if (expected === 'name') return fault('a comma stands before this }: take it out')
          at++
          open.pop()
          expected = ', or end'
          break
        }
        if (unit !== '"') return fault(`expected a name in double quotes, ${found()}`)
        const end = stringEnd(text, at)
        if (typeof end !== 'number') return end
        at = end
        expected = ':'
        break
      }
      default: {
        if (unit === ']' && open.at(-1) === '[') {
          if (expected === 'value') return fault('a comma stands before this ]: take it out')
          at++
          open.pop()
        } else if (unit === '{' || unit === '[') {
          at++
          open.push(unit)
          expected = unit === '{' ? 'name or }' : 'element or ]'
          continue
        } else if (unit === '"') {
          const end = stringEnd(text, at)
          if (typeof end !== 'number') return end
          at = end
        } else if (!skip(NUMBER) && !skip(WORD)) return fault(`expected a value, ${found()}`)
        expected = ', or end'
      }
    }
  }
}

/** The offset behind the string that begins at `start`. */
function stringEnd(text: string, start: number): number | Fault {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text[at]!
    if (unit === '"') return at + 1
    if (unit < ' ') return { offset: at, message: 'a string ends before its line does: close it with "' }
    if (unit !== '\\') continue
    const code = text[at + 1] ?? ''
    if (code === 'u' && HEX.test(text.slice(at + 2, at + 6))) at += 5
    else if (code !== '' && '"\\/bfnrt'.includes(code)) at++
    else return { offset: at, message: 'this \\ begins nothing that JSON knows: write \\\\ for a backslash' }
  }
  return { offset: start, message: 'this string is never closed: add "' }
}
