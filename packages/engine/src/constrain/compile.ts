/** The way in: what the caller wants, as a constraint for one tokenizer. */
import { BadConstraintError } from '../errors.ts'
import { choicesExpr } from './choices.ts'
import { Constraint } from './constraint.ts'
import type { Expr } from './grammar/grammar.ts'
import type { TokenBytes } from './mask/vocabulary.ts'
import { charAutomaton } from './regex/char-automaton.ts'
import { parseRegex } from './regex/parse.ts'
import { toExpr } from './regex/to-expr.ts'
import { type Schema, schemaExpr } from './schema/compile.ts'

export type ConstraintSource =
  /** JSON text of a value that the schema accepts (draft 2020-12; docs/constrained-output.md says which keywords). */
  | { readonly jsonSchema: Schema; readonly whitespace?: Whitespace }
  /** One of these texts. */
  | { readonly choices: readonly string[] }
  /** Text that the expression matches as a whole: ECMAScript with the u flag. */
  | { readonly regex: string }

/**
 * Of JSON: `flexible` allows what models like to write, a space after ":" and ",", and new lines with up to 32 spaces;
 * `compact` allows none, which takes fewer tokens. `flexible` when not given.
 */
export type Whitespace = 'flexible' | 'compact'

/**
 * Compiles a constraint; the first one of a tokenizer also sorts its vocabulary, which takes some 100 ms for 128,000
 * tokens. Throws BadConstraintError (malformed, or nothing satisfies it), UnsupportedConstraintError (by name, with the
 * place), ConstraintTooLargeError.
 */
export function compileConstraint(source: ConstraintSource, tokenizer: TokenBytes): Constraint {
  return new Constraint({ name: 'the constraint', body: sourceExpr(source) }, tokenizer)
}

function sourceExpr(source: ConstraintSource): Expr {
  if ('jsonSchema' in source) return schemaExpr(source.jsonSchema, source.whitespace ?? 'flexible')
  if ('choices' in source) return choicesExpr(source.choices)
  if ('regex' in source) return toExpr(charAutomaton(parseRegex(source.regex), 'whole'), 'plain')
  throw new BadConstraintError('a constraint needs one of jsonSchema, choices and regex')
}
