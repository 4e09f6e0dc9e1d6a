/** One call, two places: a language model that runs on the device first and in the cloud when the policy says so. */
export type { Agree, AnswerText } from './audit/agree.ts'
export { sameAnswer } from './audit/agree.ts'
export type { AuditStatus } from './audit/audits.ts'
export type { CertificateStatus } from './certificates/standing.ts'
export { type CloudModel, type CloudOptions, createCloud, type Env } from './cloud/cloud.ts'
export type { DeviceFacts, DeviceModel } from './device/device-model.ts'
export { type GgufDevice, type GgufDeviceOptions, ggufDevice } from './device/gguf-device.ts'
export { type LinearLike, linearDevice } from './device/linear-device.ts'
export {
  type LlamaCppDevice,
  type LlamaCppDeviceOptions,
  llamaCppDevice,
} from './device/llama-cpp/llama-cpp-device.ts'
export {
  type MiniChunk,
  type MiniLike,
  type MiniResult,
  type MiniRun,
  type MiniRunOptions,
  miniDevice,
} from './device/mini-device.ts'
export {
  type PromptApiDevice,
  type PromptApiDeviceOptions,
  promptApiDevice,
} from './device/prompt-api/prompt-api-device.ts'
export { type Quirks, type ServerKind, serverKinds } from './device/server/quirks.ts'
export { type ServerDevice, type ServerDeviceOptions, serverDevice } from './device/server/server-device.ts'
export { type CloudStatus, type Edgewise, edgewise, type RunningAudits } from './edgewise.ts'
export * from './errors.ts'
export type { EdgewiseOptions } from './host.ts'
export {
  type CloudSettings,
  type Commit,
  chatPolicy,
  checkPolicy,
  defaultPolicy,
  type Escalate,
  type ExplainedIssue,
  explainIssue,
  type IssueWords,
  type MatchRule,
  type PlaceRule,
  type Policy,
  type Price,
  type Privacy,
  parsePolicy,
  policyFileNames,
  policyJsonSchema,
  type Reference,
  type Rule,
  readSource,
  SourceError,
  valueAt,
} from './policy/index.ts'
export { type TokenScorer, tokenScorer } from './prepare/compress/token-scorer.ts'
export { miniNames, RedactionError } from './prepare/redact/index.ts'
export { likelihoodScorer, type PassageScorer } from './prepare/select/index.ts'
export { type EdgewisePromptApi, type PromptModel, promptApi } from './prompt-api/prompt-api.ts'
export type { Availability, PromptApi, PromptSession } from './prompt-api/shape.ts'
export { formatReceipt } from './receipt/format-receipt.ts'
export { type PolicyReplaySettings, policyReplay } from './replay/policy-replay.ts'
export { ReplayCertificateError, ReplayRuleError, ReplayTaskError } from './replay/replay-error.ts'
export type { AnswerSoFar, OwnSignal, OwnSignals } from './signals/signal.ts'
