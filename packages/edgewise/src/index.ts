/** One call, two places: a language model that runs on the device first and in the cloud when the policy says so. */
export { chatPolicy } from './chat-policy.ts'
export { checkAnswer, type Verdict } from './check.ts'
export { type CloudModel, type CloudOptions, createCloud, type Env, type MeteredModel } from './cloud.ts'
export { defaultPolicy } from './default-policy.ts'
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
  type CloudOnlyRule,
  type CloudSettings,
  checkPolicy,
  type DeviceOnlyRule,
  type Policy,
  type PreferCloudRule,
  type PreferDeviceRule,
  type Price,
  parsePolicy,
  policyJsonSchema,
  type Reference,
  type Rule,
} from './policy.ts'
export { type CloudStatus, createEdgewise, type Edgewise, type EdgewiseOptions } from './router.ts'
