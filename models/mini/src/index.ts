/** The embedded model and how to talk to it: load it, run a task, read text, data and certainty. */
export * from './errors.ts'
export type { FixAnswer } from './fix.ts'
export type { IntentAnswer } from './intent.ts'
export type { JsonAnswer, Slot } from './json.ts'
export { loadMini, type Mini, type OpenOptions, openMini } from './mini.ts'
export type { RedactedSpan } from './redact.ts'
export type { RunOptions, RunResult, TextPart } from './run-types.ts'
export { isMiniTask, type Json, type MiniTask, miniTasks } from './tasks.ts'
