/**
 * A fleet with all that could run on it: each kind of device with its share of the users, and for each the candidates with their predicted
 * times by end (worst, middle, best). The error of a prediction is one of its device: all users of that device share it.
 */
import { type Kept, keptBy } from '../economics/kept.ts'
import type { Ends } from '../economics/split.ts'
import { AdvisorError } from '../errors.ts'
import { deviceOf, nearest } from '../facts/lookup.ts'
import type { Device, Facts, ModelShape, Quantisation } from '../facts/types.ts'
import type { Predicted, Prediction } from '../predict/types.ts'
import type { FleetShare, UseCase } from '../use-case/types.ts'
import { candidateModels, candidateQuantisations } from './candidates.ts'
import type { Predict } from './predictions.ts'
import { presets } from './presets.ts'

export interface Candidate {
  readonly model: ModelShape
  readonly quantisation: Quantisation
  readonly prediction: Prediction
  /** Milliseconds to what the use case asks for, and to the end of the answer. */
  readonly asked: Ends
  readonly whole: Ends
  /** Whether it fits the memory an app may use. */
  readonly fits: readonly [worst: boolean, middle: boolean, best: boolean]
  /** Of the cloud's quality; null: not measured. */
  readonly kept: Kept | null
}

export interface FleetDevice {
  readonly at: FleetShare
  readonly device: Device
  /** Of the users; all together 1. */
  readonly share: number
  readonly candidates: readonly Candidate[]
}

export interface Fleet {
  readonly shares: readonly FleetShare[]
  /** Where the shares are from. */
  readonly source: string
  readonly devices: readonly FleetDevice[]
  /** Candidate models whose context is too short for prompt and answer: they are on no device. */
  readonly tooShort: readonly ModelShape[]
  /** What was measured and is no model of the facts, with the ids that are nearest: its speed cannot be predicted. */
  readonly unknown: readonly { readonly who: string; readonly near: readonly string[] }[]
}

/** Throws AdvisorError `unknown_device`, `unknown_model` or `unknown_preset`. */
export function fleetOf(useCase: UseCase, facts: Facts, predict: Predict): Fleet {
  const { shares, source } = sharesOf(useCase.fleet)
  const { promptTokens, outputTokens } = useCase.volume
  const all = candidateModels(useCase, facts)
  const models = all.filter(({ context }) => promptTokens + outputTokens <= context)
  const kept = new Map(models.map(({ id }) => [id, keptBy(id, useCase.fit.measured)]))
  const sum = shares.reduce((total, { share }) => total + share, 0)
  const devices = shares.map((at): FleetDevice => {
    const device = deviceOf(facts, at.device)
    const quantisations = candidateQuantisations(at.runtime, facts)
    const candidates = models.flatMap((model) =>
      quantisations.map((quantisation) => {
        const { runtime, backend } = at
        const setting = {
          device: at.device,
          model: model.id,
          quantisation: quantisation.id,
          runtime,
          backend,
          promptTokens,
          outputTokens,
        }
        const prediction = predict(setting, facts)
        return candidateOf(prediction, { model, quantisation, kept: kept.get(model.id)! }, useCase, device)
      }),
    )
    return { at, device, share: at.share / sum, candidates }
  })
  const unknown = useCase.fit.measured
    .map(({ who }) => who)
    .filter((who) => who !== 'cloud' && who !== 'linear' && !facts.models.some(({ id }) => id === who))
    .map((who) => ({ who, near: nearest(facts.models, who) }))
  return { shares, source, devices, tooShort: all.filter((model) => !models.includes(model)), unknown }
}

/** A preset written out. Throws AdvisorError `unknown_preset`. */
export function sharesOf(fleet: UseCase['fleet']): {
  readonly shares: readonly FleetShare[]
  readonly source: string
} {
  if (typeof fleet !== 'string') return { shares: fleet, source: "the team's own shares" }
  const preset = presets.find(({ id }) => id === fleet)
  if (preset)
    return { shares: preset.shares, source: `preset ${preset.id}, ${preset.name}; ${preset.source}` }
  throw new AdvisorError(
    'unknown_preset',
    `no preset "${fleet.slice(0, 60)}": did you mean ${nearest(presets, fleet).join(', ')}? A list of devices with shares does as well`,
  )
}

function candidateOf(
  prediction: Prediction,
  { model, quantisation, kept }: Pick<Candidate, 'model' | 'quantisation' | 'kept'>,
  { latency }: UseCase,
  { usableBytes }: Device,
): Candidate {
  const { firstTokenMs, totalMs, fits, peakBytes } = prediction
  return {
    model,
    quantisation,
    prediction,
    asked: slowFirst(latency.of === 'first-token' ? firstTokenMs : totalMs),
    whole: slowFirst(totalMs),
    fits: fits === null ? [false, peakBytes.value <= usableBytes, true] : [fits, fits, fits],
    kept,
  }
}

const slowFirst = ({ low, value, high }: Predicted): Ends => [high, value, low]
