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
export type { TrainingOptions, TrainingSequence, TrainingStep } from './train/types.ts'
