/** The one check of token ids that are to be run. */
import { BadOptionError, ContextLengthError } from '../errors.ts'

/**
 * Throws BadOptionError where there is no token or an id is outside the vocabulary, ContextLengthError where the tokens and the `before`
 * ones that are held already are more than `most`.
 */
export function checkTokens(tokens: readonly number[], vocab: number, before: number, most: number): void {
  if (tokens.length === 0) throw new BadOptionError('there is no token to run: give at least one')
  if (before + tokens.length > most) throw new ContextLengthError(before + tokens.length, most)
  for (const token of tokens) {
    if (!Number.isInteger(token) || token < 0 || token >= vocab) {
      throw new BadOptionError(`token ${token} is out of range: the vocabulary has ${vocab}`)
    }
  }
}
