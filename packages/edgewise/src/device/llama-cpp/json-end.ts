/**
 * Where JSON that a grammar of node-llama-cpp lets through ends: its grammars go on with empty lines behind the last bracket,
 * and a small model writes them until its tokens are used up.
 */
import type { StopFilter } from '@edgewise/engine'

const EMPTY_LINES = '\n\n\n\n'

/** `push` gives what of a token's text belongs to the JSON, and whether it is complete. */
export function jsonEnd(): StopFilter {
  let whole = ''
  let depth = 0
  let inText = false
  let escaped = false
  return {
    push(text) {
      for (let i = 0; i < text.length; i++) {
        const char = text[i]!
        if (escaped) escaped = false
        else if (inText) {
          if (char === '\\') escaped = true
          else if (char === '"') inText = false
        } else if (char === '"') inText = true
        else if (char === '{' || char === '[') depth++
        else if ((char === '}' || char === ']') && --depth === 0)
          return { text: text.slice(0, i + 1), stopped: true }
      }
      whole += text
      // A text, a number or a word alone has no bracket to end with.
      return { text, stopped: depth === 0 && !inText && whole.endsWith(EMPTY_LINES) }
    },
    end: () => '',
  }
}
