/** Small models of your own: linear heads, a trainer, distillation with an honest report, exchange with other trainers. */
export type { Example } from './data/example.ts'
export { StudentError, type StudentErrorCode } from './errors.ts'
export type {
  Exported,
  ExportOptions,
  ExportTraining,
  Imported,
  ImportOptions,
  ImportStudent,
  Trainer,
} from './exchange/types.ts'
export type { LinearAnswer, LinearHead } from './linear/types.ts'
export { evaluateLoss } from './train/evaluate.ts'
export { type FreshShape, freshModel } from './train/fresh.ts'
export { adapterGguf, type LoraAdapter, type LoraTensor, loraTargets } from './train/lora.ts'
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
