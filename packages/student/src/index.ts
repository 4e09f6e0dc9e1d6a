/** Small models of your own: linear heads, a trainer, distillation with an honest report, exchange with other trainers. */
export {
  type AnswerLine,
  type AnswersFileContent,
  type AnswersHeader,
  type AskedLine,
  type FailedLine,
  keyOf,
  readAnswers,
  type TeacherAnswer,
} from './data/answer.ts'
export {
  type Asked,
  type AskOptions,
  askTeacher,
  type Teacher,
  type TeacherReply,
} from './data/ask-teacher.ts'
export { checkExamples } from './data/check.ts'
export type { Example } from './data/example.ts'
export {
  type Filtered,
  type FilterName,
  type FilterOptions,
  type FilterStep,
  filterAnswers,
  leakFinder,
} from './data/filter.ts'
export { answersFromLedger, type FromLedgerOptions } from './data/from-ledger.ts'
export { labelFinder, labelsIn } from './data/labels.ts'
export { type Prompt, readExamples, readPrompts } from './data/read-examples.ts'
export { isRedactionOf, redacted } from './data/redact.ts'
export { type Split, type SplitOptions, splitExamples } from './data/split.ts'
export { mustAllowTraining, type TeacherTerms, UNKNOWN_TERMS } from './data/terms.ts'
export { type IsRight, isRightBy } from './distil/assess.ts'
export { studentBase } from './distil/base.ts'
export { distil } from './distil/distil.ts'
export { type Learned, type LearnedOptions, learnedOf } from './distil/learned.ts'
export {
  DISTIL_DEFAULTS,
  type DistilEvents,
  type Distilled,
  type DistilOptions,
  type StudentSize,
} from './distil/options.ts'
export { labelsOfFile } from './distil/protocol.ts'
export { Student, type StudentAnswer } from './distil/student.ts'
export { StudentError, type StudentErrorCode } from './errors.ts'
export { openAdapter } from './exchange/adapter-files.ts'
export { exportTraining, trainers } from './exchange/export.ts'
export { importStudent } from './exchange/import.ts'
export type {
  Exported,
  ExportOptions,
  ExportTraining,
  Imported,
  ImportOptions,
  Trainer,
} from './exchange/types.ts'
export * from './linear/index.ts'
export { lockFor } from './process-lock.ts'
export { distilDocument } from './report/document.ts'
export { type Paired, paired } from './report/paired.ts'
export type { DistilReport, Gate, Row, RowName, Verdict } from './report/types.ts'
export { evaluateLoss } from './train/evaluate.ts'
export { type FreshShape, freshModel } from './train/fresh.ts'
export { train } from './train/train.ts'
export { openTrainable, type Trainable } from './train/trainable.ts'
export type {
  LoraOptions,
  TeacherTokens,
  TrainingOptions,
  TrainingResult,
  TrainingSequence,
  TrainingStep,
} from './train/types.ts'
