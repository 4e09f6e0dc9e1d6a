/** A list of texts, one of which is the whole answer. */
import { BadConstraintError } from '../errors.ts'
import { type Expr, oneOfTexts } from './grammar/grammar.ts'

/** Throws BadConstraintError for an empty list or a text that is not well-formed. */
export function choicesExpr(choices: readonly string[]): Expr {
  if (choices.length === 0) throw new BadConstraintError('choices is empty: give at least one text')
  for (const choice of choices) {
    if (typeof choice === 'string' && choice.isWellFormed()) continue
    throw new BadConstraintError(
      `the choice ${JSON.stringify(choice)} is no well-formed text: it has no bytes of its own`,
    )
  }
  return oneOfTexts(new Set(choices))
}
