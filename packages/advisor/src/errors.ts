/** What cannot be advised on. The message says what happened, the value, and the next step. */

/**
 * - `unknown_device`, `unknown_model`, `unknown_quantisation`, `unknown_price`, `unknown_preset`: the facts have no such row.
 * - `unknown_fact`: no table of the facts has a row of that id.
 * - `setting_invalid`: lengths, a runtime or a backend that nothing can be predicted for; `issues` has each.
 * - `use_case_invalid`: the use case contradicts itself or is not of its form; `issues` has each place.
 * - `facts_invalid`: rows of the user's own that cannot be; `issues` has each place.
 * - `examples_invalid`: examples that cannot be graded; `issues` has each row.
 * - `grader_invalid`: a grader that cannot be made, or one that gives no score from 0 to 1.
 * - `measured_invalid`: a file of measured quality that is none; `issues` has each place.
 * - `verdict_invalid`: the JSON of an earlier verdict that is none; `issues` has each place.
 */
export type AdvisorErrorCode =
  | 'unknown_device'
  | 'unknown_model'
  | 'unknown_quantisation'
  | 'unknown_price'
  | 'unknown_preset'
  | 'unknown_fact'
  | 'setting_invalid'
  | 'use_case_invalid'
  | 'facts_invalid'
  | 'examples_invalid'
  | 'grader_invalid'
  | 'measured_invalid'
  | 'verdict_invalid'

export class AdvisorError extends Error {
  override readonly name: string = 'AdvisorError'
  readonly code: AdvisorErrorCode
  /** Where: `fleet.0.share: ...`, a line each; empty when the message says it all. */
  readonly issues: readonly string[]
  constructor(
    code: AdvisorErrorCode,
    message: string,
    issues: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.code = code
    this.issues = issues
  }
}
