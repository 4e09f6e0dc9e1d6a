/** A cloud to rehearse with: an OpenAI-compatible server with set pace, price, answers and faults. */
export { RehearsalError, type RehearsalErrorCode } from './errors.ts'
export type { RecordOptions } from './record/recorder.ts'
export {
  type Rehearsal,
  type RehearsalCounts,
  type RehearsalOptions,
  type RehearsalPrice,
  type RehearsedRequest,
  startRehearsal,
} from './rehearsal.ts'
export { type Fault, type FaultName, faultNames, namedFaults } from './script/faults.ts'
export { parseScript } from './script/parse-script.ts'
export type {
  Script,
  ScriptedAnswer,
  ScriptedToolCall,
  ScriptedUsage,
  ScriptRule,
  When,
} from './script/types.ts'
