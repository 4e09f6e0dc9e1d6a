/** Steps that no option has of its own: what was right of the team's examples, and the break-even. */
import type { Verdict } from '../decide/types.ts'
import type { Derivation } from '../predict/types.ts'
import { percentText, usd } from './words.ts'

export interface OwnSteps {
  readonly caption: string
  readonly steps: readonly Derivation[]
}

export const ownSteps = (verdict: Verdict): readonly OwnSteps[] => [
  { caption: "Quality, as measured on the team's examples", steps: measured(verdict) },
  { caption: 'Break-even', steps: breakEven(verdict) },
]

function measured({ useCase: { fit } }: Verdict): readonly Derivation[] {
  const cloud = fit.measured.find(({ who }) => who === 'cloud')
  return fit.measured.flatMap(({ who, right, of, low, high, kept }): readonly Derivation[] => {
    const share = {
      what: `${who}: right answers`,
      formula: `${right} of ${of} examples; the 95 % interval is ${percentText(low)} to ${percentText(high)}`,
      value: right / of,
      unit: 'of the examples',
      from: [],
    }
    if (who === 'cloud') return [share]
    const ratio = kept?.value ?? (cloud === undefined ? right / of : right / of / (cloud.right / cloud.of))
    const how =
      kept != null
        ? `on the same examples as the cloud; the 95 % interval is ${percentText(kept.low)} to ${percentText(kept.high)}`
        : cloud === undefined
          ? 'the cloud was not measured and counts as always right'
          : `${percentText(right / of)} / the cloud's ${percentText(cloud.right / cloud.of)}; interval by MOVER-R (Donner and Zou 2012)`
    return [
      share,
      {
        what: `${who}: of the cloud's quality`,
        formula: how,
        value: ratio,
        unit: "of the cloud's",
        from: [],
      },
    ]
  })
}

/** Of the option whose money gives the value. */
function breakEven({ options, breakEvenCallsPerMonth: at }: Verdict): readonly Derivation[] {
  const cloud = options.find(({ answer }) => answer === 'cloud')
  if (at === null || cloud === undefined) return []
  return options
    .flatMap(({ answer, fixedUsdPerMonth, usdPerCall }): readonly Derivation[] => {
      const saved = cloud.usdPerCall.value - usdPerCall.value
      if (answer === 'cloud' || saved <= 0) return []
      if (Math.abs(fixedUsdPerMonth / saved - at.value) > 1e-6 * at.value) return []
      return [
        {
          what: 'calls a month at which both cost the same',
          formula: `${usd(fixedUsdPerMonth)} a month, whatever the volume / (${usd(cloud.usdPerCall.value)} a call in the cloud - ${usd(usdPerCall.value)} ${answer})`,
          value: at.value,
          unit: 'calls a month',
          from: [],
        },
      ]
    })
    .slice(0, 1)
}
