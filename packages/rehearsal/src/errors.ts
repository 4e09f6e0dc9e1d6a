/** Errors of the rehearsal. Each has a stable `code`; the message says what happened, the value, and the next step. */

/**
 * - `bad_script`: a script that cannot be read, or says something no rehearsal can do.
 * - `bad_option`: an option of `startRehearsal` that cannot be used.
 * - `port_in_use`: another program listens on the port.
 * - `record_file_exists`: a recording never writes over a file.
 * - `record_failed`: a recorded answer could not be written.
 */
export type RehearsalErrorCode =
  | 'bad_script'
  | 'bad_option'
  | 'port_in_use'
  | 'record_file_exists'
  | 'record_failed'

export class RehearsalError extends Error {
  override readonly name: string = 'RehearsalError'
  readonly code: RehearsalErrorCode

  constructor(code: RehearsalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
