/** The steps of a prediction from facts to its numbers, in order, each with its formula, the numbers in it and the rows they are of. */

import { cacheBytes, promptFlops } from './bytes.ts'
import { COMPUTE_SOURCE, peakOf } from './compute.ts'
import { ENERGY_SOURCE, JOULES_A_GB, WATTS } from './energy.ts'
import { figure, gigabytes, milliseconds } from './figures.ts'
import type { Fitted } from './fit.ts'
import type { Stage } from './hold-out.ts'
import { CACHE_SHARE, overheadOf, WEIGHTS_SHARE } from './laws.ts'
import type { Said } from './say.ts'
import type { Asked } from './setting.ts'
import { HEAT_SOURCE } from './thermal.ts'
import type { Derivation, Predicted } from './types.ts'

export interface Steps {
  readonly asked: Asked
  readonly fitted: Fitted
  readonly depth: number
  readonly decode: Said
  readonly prefill: Said
  readonly firstToken: Said
  readonly memory: Said
  /** Share of its speed that a phone keeps. */
  readonly kept: number
  readonly energyJ: Predicted | null
}

const stages: Readonly<Record<Stage, string>> = {
  cold: 'no measurement of this device and runtime is in the fit',
  known: 'measurements of this device and runtime are in the fit',
  own: 'moved and narrowed by own measurements of this device',
}

export function derive(steps: Steps): readonly Derivation[] {
  const { asked, fitted, depth, decode, prefill, firstToken, memory, kept, energyJ } = steps
  const { device, model, quantisation, bytes, traits, setting, looked } = asked
  const fit = `docs/predictor.md: fitted to ${fitted.measurements} published measurements of ${fitted.devices} devices`
  const rows = [model.source, quantisation.source]
  const cache = cacheBytes(model, depth)
  const own = (looked.own.get(device.id) ?? []).map(({ row }) => row.source)
  const of = (said: Said): readonly string[] => (said.stage === 'own' ? [fit, ...own] : [fit])
  const computed = peakOf(device, setting.backend) !== null
  const effects = (said: Said, of: number): string =>
    `x ${figure(said.value / of)} (effects; ${stages[said.stage]})`
  const bandwidth = device.bandwidthGBs * 1e9
  const parts = [
    bytes.weights / (bandwidth * WEIGHTS_SHARE),
    cache / (bandwidth * CACHE_SHARE),
    model.layers * overheadOf(traits).microseconds * 1e-6,
  ] as const
  const list: Derivation[] = [
    {
      what: 'size of the file',
      formula: `${figure(model.bodyParameters / 1e9)} B weights of the body and ${figure((model.vocab * model.hidden) / 1e9)} B of the head in ${setting.quantisation}, with what is stored and not read`,
      value: bytes.file,
      unit: 'bytes',
      from: rows,
    },
    {
      what: 'bytes read a token',
      formula: `${gigabytes(bytes.weights)} weights + ${gigabytes(cache)} keys and values after ${figure(depth)} tokens`,
      value: bytes.weights + cache,
      unit: 'bytes',
      from: rows,
    },
    {
      what: 'time a token',
      formula: `(${milliseconds(parts[0])} to read weights at ${WEIGHTS_SHARE} of ${figure(device.bandwidthGBs)} GB/s + ${milliseconds(parts[1])} cache + ${milliseconds(parts[2])} for ${model.layers} layers) ${effects(decode, parts[0] + parts[1] + parts[2])}`,
      value: decode.value * 1000,
      unit: 'ms',
      from: [device.source, model.source, ...of(decode)],
    },
    {
      what: 'time of the prompt',
      formula: `${figure(promptFlops(model, setting.promptTokens) / 1e12)} T operations in ${milliseconds(prefill.parts[0]!)} + one reading of the weights, ${milliseconds(prefill.parts[1]!)}, + start, ${milliseconds(prefill.parts[2]!)} (${stages[prefill.stage]})`,
      value: prefill.value * 1000,
      unit: 'ms',
      from: [computed ? COMPUTE_SOURCE : device.source, model.source, ...of(prefill)],
    },
    {
      what: 'time to the first token',
      formula: `(${milliseconds(prefill.value)} prompt + ${milliseconds(firstToken.parts[1]!)} start of a call) ${effects(firstToken, prefill.value + firstToken.parts[1]!)}`,
      value: firstToken.value * 1000,
      unit: 'ms',
      from: of(firstToken),
    },
    {
      what: 'memory at its peak',
      formula: `${gigabytes(memory.parts[0]!)} file, keys and values + ${gigabytes(memory.parts[1]!)} beside it + ${gigabytes(memory.parts[2]!)} activations of the prompt; an app may use ${gigabytes(device.usableBytes)} (${device.usableWhy})`,
      value: memory.value,
      unit: 'bytes',
      from: [device.source, ...of(memory)],
    },
  ]
  const unused = looked.notUsed.get(device.id)
  if (unused)
    list.push({
      what: 'own measurements that were not used',
      formula: unused.join('; '),
      value: unused.length,
      unit: 'rows',
      from: [],
    })
  if (kept < 1)
    list.push({
      what: 'speed that a warm phone keeps',
      formula: 'falls with the logarithm of the time, from all of it after 60 s to 0.54 of it after 600 s',
      value: kept,
      unit: '',
      from: [HEAT_SOURCE],
    })
  if (setting.promptTokens + setting.outputTokens > model.context)
    list.push({
      what: 'tokens that the model sees',
      formula: `${figure(setting.promptTokens)} + ${figure(setting.outputTokens)} tokens are more than its context: it does not fit`,
      value: model.context,
      unit: 'tokens',
      from: [model.source],
    })
  if (energyJ)
    list.push({
      what: 'energy of a call',
      formula: `${JOULES_A_GB.value} J/GB x ${figure(setting.outputTokens)} tokens x ${gigabytes(bytes.weights)} + ${WATTS} W x ${milliseconds(prefill.value)}`,
      value: energyJ.value,
      unit: 'J',
      from: [ENERGY_SOURCE],
    })
  return list
}
