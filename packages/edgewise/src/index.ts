/** One call, two places: a language model that runs on the device first and in the cloud when the policy says so. */
export { checkAnswer, type Verdict } from './check.ts'
export { type CloudModel, type CloudOptions, createCloud, type Env, type MeteredModel } from './cloud.ts'
export type { DeviceFacts, DeviceModel } from './device/device-model.ts'
export { type GgufDevice, type GgufDeviceOptions, ggufDevice } from './device/gguf-device.ts'
export {
  type MiniChunk,
  type MiniLike,
  type MiniResult,
  type MiniRun,
  type MiniRunOptions,
  miniDevice,
} from './device/mini-device.ts'
export * from './errors.ts'
export { formatReceipt } from './format-receipt.ts'
export { decide, type PlaceState, type Plan } from './place.ts'
export {
  type CloudSettings,
  type Commit,
  chatPolicy,
  checkPolicy,
  defaultPolicy,
  type Escalate,
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
} from './policy/index.ts'
export { type CloudStatus, createEdgewise, type Edgewise, type EdgewiseOptions } from './router.ts'
