/** What cannot be learned from, or trained. The message says what happened, the value, and the next step. */

/**
 * - `examples_invalid`: examples that nothing can be learned from (none, one label, labels outside the set, items of the test set);
 *   `issues` names each row.
 * - `model_untrainable`: a model whose shape, size or family cannot be trained here; the message says how to do it elsewhere.
 * - `checkpoint_invalid`: a checkpoint that is broken, or of another run.
 * - `training_diverged`: the loss is no number any more.
 * - `adapter_invalid`: LoRA files that are broken or do not fit the model.
 * - `linear_invalid`: a file of a linear head that is none.
 * - `teacher_terms_unknown`: nobody has said whether the teacher's terms allow to train on its answers, or they do not.
 * - `answer_cut_off`: a teacher's answer ended before it was whole: at its limit of tokens, or by a filter.
 * - `budget_spent`: the dollars for the teacher are used up; what was answered is kept.
 * - `import_invalid`: what a trainer elsewhere gave back is broken or of another model.
 */
export type StudentErrorCode =
  | 'examples_invalid'
  | 'model_untrainable'
  | 'checkpoint_invalid'
  | 'training_diverged'
  | 'adapter_invalid'
  | 'linear_invalid'
  | 'teacher_terms_unknown'
  | 'answer_cut_off'
  | 'budget_spent'
  | 'import_invalid'

export class StudentError extends Error {
  override readonly name: string = 'StudentError'
  readonly code: StudentErrorCode
  /** Where: `row 17: ...`, a line each; empty when the message says it all. */
  readonly issues: readonly string[]
  constructor(
    code: StudentErrorCode,
    message: string,
    issues: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.code = code
    this.issues = issues
  }
}
