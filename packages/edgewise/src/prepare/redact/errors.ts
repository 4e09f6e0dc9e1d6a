/** A call that must not leave as it is and cannot be made safe. Nothing was sent. */
import { EdgewiseError, type EdgewiseErrorOptions } from '../../errors.ts'

/**
 * - `cannot_redact`: it has a part that cannot be looked into, such as a picture.
 * - `free_text_stays`: the policy lets only structured data leave, and this is running text.
 * - `redaction_failed`: the finder of names failed, took too long or gave spans that are none.
 */
type RedactionCode = 'cannot_redact' | 'free_text_stays' | 'redaction_failed'

export class RedactionError extends EdgewiseError {
  constructor(code: RedactionCode, message: string, options?: EdgewiseErrorOptions) {
    super(code, message, options)
  }
}
