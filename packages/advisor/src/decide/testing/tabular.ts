/** A predictor that says what a test tells it to: milliseconds to the whole answer by device, with a factor either way. */
import { deviceOf, modelOf, quantisationOf } from '../../facts/lookup.ts'
import type { Predict } from '../../fleet/predictions.ts'
import type { Predicted } from '../../predict/types.ts'

export interface Row {
  /** To the whole answer; the first word comes after a tenth of it. */
  readonly ms: number
  /** The interval is `ms / factor` to `ms x factor`. Default 1: sure. */
  readonly factor?: number
  /** Default: yes. */
  readonly fits?: boolean | null
}

/** The same for every model on a device, scaled by its parameters over a billion where `bySize`. */
export function tabular(rows: Readonly<Record<string, Row>>, bySize = false): Predict {
  return (setting, facts) => {
    const { ms, factor = 1, fits = true } = rows[setting.device]!
    const model = modelOf(facts, setting.model)
    const bits = quantisationOf(facts, setting.quantisation)
    const time = bySize ? (ms * model.parameters) / 1e9 : ms
    const between = (value: number): Predicted => ({
      value,
      low: value / factor,
      high: value * factor,
      level: 0.8,
    })
    const fileBytes = (model.parameters * bits.bodyBits) / 8
    const { usableBytes } = deviceOf(facts, setting.device)
    const peak = fits === false ? usableBytes * 2 : fits === null ? usableBytes * 0.99 : usableBytes / 2
    return {
      setting,
      decodeTps: between(20),
      prefillTps: between(200),
      firstTokenMs: between(time / 10),
      totalMs: between(time),
      fileBytes,
      peakBytes: { value: peak, low: peak * 0.9, high: peak * 1.1, level: 0.8 },
      fits,
      energyJ: null,
      basis: 'runtime-and-class',
      derivation: [],
    }
  }
}
