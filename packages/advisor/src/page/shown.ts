/** Which predictions of a verdict are on its page: for each kind of device what is shipped to it, or the fastest candidate that fits. */
import type { Choice, Option, Verdict } from '../decide/types.ts'
import type { Facts } from '../facts/types.ts'
import type { Predicted, Prediction } from '../predict/types.ts'
import type { FleetShare } from '../use-case/types.ts'
import { lowerTitle } from './words.ts'

/** Kinds of devices on a page; the data has all. */
export const MOST_DEVICES = 20

export interface Kind {
  readonly share: FleetShare
  /** null: no candidate was predicted for it. */
  readonly prediction: Prediction | null
  readonly isShipped: boolean
}

/** The kinds of devices, those of the most users first. */
export function kindsOf(verdict: Verdict): readonly Kind[] {
  const ships = shippingOption(verdict)?.ships ?? []
  return verdict.fleet
    .toSorted((a, b) => b.share - a.share)
    .map((share) => {
      const candidates = verdict.predictions.filter(
        ({ setting }) =>
          setting.device === share.device &&
          setting.runtime === share.runtime &&
          setting.backend === share.backend,
      )
      const shipped = ships.find(({ device }) => device === share.device)
      const prediction = candidates.find(
        ({ setting }) => setting.model === shipped?.model && setting.quantisation === shipped.quantisation,
      )
      return {
        share,
        prediction: prediction ?? fastest(candidates, verdict),
        isShipped: prediction !== undefined,
      }
    })
}

export const whichOf = ({ setting: { model, quantisation } }: Prediction): string =>
  `${model} ${quantisation}`

/** A device's name. */
export const nameOf = (facts: Facts, id: string): string =>
  facts.devices.find((row) => row.id === id)?.name ?? id

/** Of the asked latency, first token or whole answer. */
export const latencyOf = ({ useCase }: Verdict, prediction: Prediction): Predicted =>
  useCase.latency.of === 'first-token' ? prediction.firstTokenMs : prediction.totalMs

export const optionOf = ({ options }: Verdict, answer: Choice): Option | undefined =>
  options.find((option) => option.answer === answer)

/** The option that was chosen, or that an uncertain verdict leans to; undefined where none may be. */
export const chosenOf = (verdict: Verdict): Option | undefined =>
  verdict.leans === 'none' ? undefined : optionOf(verdict, verdict.leans)

/** What steps of an option are called whose values others may have, too. */
export const stepNames = { users: 'users in time', stays: 'share of calls that stay' } as const

/** `Smart reply: hybrid`. */
export function titleOf({ useCase, answer, leans }: Verdict): string {
  const leaning = answer === 'uncertain' && leans !== 'none' ? `, leaning to ${lowerTitle(leans)}` : ''
  return `${useCase.name}: ${lowerTitle(answer)}${leaning}`
}

/** Whose models the page tells of. */
function shippingOption(verdict: Verdict): Option | undefined {
  const chosen = chosenOf(verdict)
  return chosen !== undefined && chosen.ships.length > 0
    ? chosen
    : (optionOf(verdict, 'on-device') ?? optionOf(verdict, 'hybrid'))
}

function fastest(candidates: readonly Prediction[], verdict: Verdict): Prediction | null {
  const fitting = candidates.filter(({ fits }) => fits !== false)
  return (fitting.length > 0 ? fitting : candidates).reduce<Prediction | null>(
    (best, one) =>
      best === null || latencyOf(verdict, one).value < latencyOf(verdict, best).value ? one : best,
    null,
  )
}
