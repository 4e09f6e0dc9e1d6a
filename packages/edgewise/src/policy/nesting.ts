/**
 * How deep a text of YAML is nested, by its tokens alone. The parser goes down by recursion: on a text of nothing but
 * brackets it can end the process (yaml 2.9.1 under Node 24 at 1 MB: "RegExpCompiler Allocation failed"), which
 * nobody can catch. So the depth is known before it is asked.
 */
import { CST, Lexer } from 'yaml'

/** Levels of { } and [ ], and of `- - -` on one line. */
export const MAX_DEPTH = 64
/** Columns before a line: every level of YAML without brackets takes at least one. */
export const MAX_INDENT = 128

/** The offset of the first token that lies too deep, or null. */
export function tooDeep(text: string): number | null {
  let offset = 0
  let brackets = 0
  let dashes = 0
  let startsLine = true
  let isText = false
  for (const token of new Lexer().lex(text)) {
    // Plain and block scalars come as a mark and then as they are, whatever they look like.
    const type: ReturnType<typeof CST.tokenType> = isText ? null : CST.tokenType(token)
    isText = type === 'scalar'
    // Marks of the lexer are not of the text.
    if (isText || type === 'doc-mode' || type === 'flow-error-end') continue
    switch (type) {
      case 'flow-map-start':
      case 'flow-seq-start':
        brackets++
        break
      case 'flow-map-end':
      case 'flow-seq-end':
        brackets = Math.max(0, brackets - 1)
        break
      case 'seq-item-ind':
      case 'explicit-key-ind':
        dashes++
        break
      case 'newline':
        dashes = 0
        break
      case 'space':
        if (startsLine && brackets === 0 && token.length > MAX_INDENT) return offset
        break
    }
    startsLine = type === 'newline'
    if (brackets > MAX_DEPTH || dashes > MAX_DEPTH) return offset
    offset += token.length
  }
  return null
}
