/** JSON strings: bounds on the length, patterns and formats, alone or together. */
import { alt, bytes, call, type Expr, never, type Rule, seq } from '../grammar/grammar.ts'
import { charAutomaton, intersect, lengthAutomaton } from '../regex/char-automaton.ts'
import { parseRegex } from '../regex/parse.ts'
import { toExpr } from '../regex/to-expr.ts'
import { below } from './keywords.ts'
import type { Plain } from './plain.ts'

/** Bounded texts by their bounds and patterns: places with the same share what is remembered of them. */
export class Strings {
  readonly #rules = new Map<string, Rule>()

  /** Throws UnsupportedConstraintError, BadConstraintError, ConstraintTooLargeError. */
  stringExpr({ patterns, formats, minLength = 0, maxLength, pointer }: Plain): Expr {
    const max = maxLength ?? Number.POSITIVE_INFINITY
    if (minLength > max) return never
    const key = JSON.stringify([patterns, formats, minLength, maxLength])
    let rule = this.#rules.get(key)
    if (!rule) {
      rule = {
        name: 'a string',
        body:
          patterns.length + formats.length === 0
            ? { kind: 'text', min: minLength, max, canonical: false, isKey: false }
            : seq(matching(patterns, formats, minLength, max, pointer), bytes('"')),
      }
      this.#rules.set(key, rule)
    }
    return seq(bytes('"'), call(rule))
  }
}

function matching(
  patterns: readonly string[],
  formats: readonly string[],
  min: number,
  max: number,
  pointer: string,
): Expr {
  const automata = formats.map((format) => charAutomaton(parseRegex(format), 'whole'))
  for (const pattern of patterns) {
    automata.push(charAutomaton(parseRegex(pattern, below(pointer, 'pattern')), 'search'))
  }
  if (min > 0 || max < Number.POSITIVE_INFINITY) automata.push(lengthAutomaton(min, max))
  return toExpr(automata.reduce(intersect), 'json')
}

export const constants = (...texts: string[]): Expr => alt(...texts.map(bytes))
