/** Where a use case should run: facts, predictions with tested intervals, money, a verdict and the policy that carries it out. */
export type { Answer, Choice, Firing, Flip, Option, Segment, Shipped, Verdict } from './decide/types.ts'
export { facts } from './facts/facts.ts'
export { deviceOf, modelOf, nearest, priceOf, quantisationOf, storedBits } from './facts/lookup.ts'
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
export type { Derivation, Predicted, Prediction, Setting } from './predict/types.ts'
export type { FleetShare, MeasuredQuality, UseCase } from './use-case/types.ts'
