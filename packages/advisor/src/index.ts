/** Where a use case should run: facts, predictions with tested intervals, money, a verdict and the policy that carries it out. */
export type { Answer, Choice, Firing, Flip, Option, Segment, Shipped, Verdict } from './decide/types.ts'
export { checkFacts, type FactIssue, type FactTable } from './facts/check.ts'
export { facts } from './facts/facts.ts'
export { deviceOf, modelOf, nearest, priceOf, quantisationOf, storedBits } from './facts/lookup.ts'
export { mergeFacts, mergeRows, parseRows, readRows } from './facts/merge.ts'
export type { FactRows } from './facts/rows.ts'
export type {
  Backend,
  CloudPrice,
  Device,
  DeviceClass,
  Facts,
  Measurement,
  ModelShape,
  Quantisation,
  Source,
} from './facts/types.ts'
export { type Preset, presets } from './fleet/presets.ts'
export type { Derivation, Predicted, Prediction, Setting } from './predict/types.ts'
export { assumptions, usualRuntime } from './use-case/defaults.ts'
export { useCaseJsonSchema } from './use-case/json-schema.ts'
export { checkUseCase, parseUseCase } from './use-case/parse.ts'
export type { UseCaseInput } from './use-case/schema.ts'
export type { FleetShare, MeasuredQuality, UseCase } from './use-case/types.ts'
