/** A stand-in for the predictor until it is there: bandwidth over bytes, with a factor of 1.8 either way. */
import { deviceOf, modelOf, quantisationOf } from '../../facts/lookup.ts'
import type { Facts } from '../../facts/types.ts'
import type { Predicted, Prediction, Setting } from '../../predict/types.ts'

export function predict(setting: Setting, facts: Facts): Prediction {
  const device = deviceOf(facts, setting.device)
  const model = modelOf(facts, setting.model)
  const bits = quantisationOf(facts, setting.quantisation)
  const fileBytes =
    (model.bodyParameters * bits.bodyBits + (model.parameters - model.bodyParameters) * bits.headBits) / 8
  const between = (value: number): Predicted => ({ value, low: value / 1.8, high: value * 1.8, level: 0.8 })
  const decode = (device.bandwidthGBs * 1e9 * 0.5) / fileBytes
  const prefill = decode * 12
  const first = (setting.promptTokens / prefill) * 1000
  const peak = fileBytes * 1.15
  return {
    setting,
    decodeTps: between(decode),
    prefillTps: between(prefill),
    firstTokenMs: between(first),
    totalMs: between(first + ((setting.outputTokens - 1) / decode) * 1000),
    fileBytes,
    peakBytes: { value: peak, low: peak * 0.9, high: peak * 1.2, level: 0.8 },
    fits: peak * 1.2 <= device.usableBytes ? true : peak * 0.9 > device.usableBytes ? false : null,
    energyJ: null,
    basis: 'class',
    derivation: [],
  }
}
