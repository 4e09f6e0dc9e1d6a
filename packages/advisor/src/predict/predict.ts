/**
 * The prediction for a setting: speeds, times, memory and energy, each with its interval and where it comes from. A pure function of the
 * setting, the facts and the fit; some ten microseconds.
 */
import type { Facts } from '../facts/types.ts'
import { promptFlops } from './bytes.ts'
import { peakOf } from './compute.ts'
import { LEVEL } from './conformal.ts'
import { derive } from './derive.ts'
import { energyOf } from './energy.ts'
import type { Fitted } from './fit.ts'
import { fitted as published } from './fitted.ts'
import { decodeCase, firstTokenCase, laws, memoryCase, prefillCase } from './laws.ts'
import { type Said, say, toldBy } from './say.ts'
import { type Asked, askedOf } from './setting.ts'
import { keptSpeed } from './thermal.ts'
import type { Predicted, Prediction, Setting } from './types.ts'

/** Throws AdvisorError where the setting cannot be (see `askedOf`). What is too large for the device is an answer: `fits` is false. */
export function predict(setting: Setting, facts: Facts, fitted: Fitted = published): Prediction {
  const asked = askedOf(setting, facts)
  const { device, model, bytes, traits } = asked
  const told = toldBy(fitted, asked.looked.own.get(device.id))
  const { promptTokens, outputTokens } = setting
  const depth = promptTokens + outputTokens / 2
  const decode = atMost(
    say('decode', decodeCase(device, model, bytes, depth, traits), device, fitted, told),
    bytes.weights / (device.bandwidthGBs * 1e9),
  )
  const peak = peakOf(device, setting.backend)
  const prefill = atMost(
    say('prefill', prefillCase(device, model, promptTokens, decode.value, traits), device, fitted, told),
    peak === null ? 0 : promptFlops(model, promptTokens) / peak,
  )
  const firstToken = say('firstToken', firstTokenCase(prefill.value, traits), device, fitted, told)
  const memory = say(
    'memory',
    memoryCase(model, bytes, promptTokens, outputTokens, traits),
    device,
    fitted,
    told,
  )
  const kept = keptSpeed(device.class, outputTokens * decode.value)
  // The first token comes with the prompt.
  const more = Math.max(0, outputTokens - 1) / kept
  const energyJ = energyOf(device.class, outputTokens, bytes.weights, prefill, LEVEL)
  let derivation: Prediction['derivation'] | null = null
  return {
    setting,
    decodeTps: per(decode, kept),
    prefillTps: per(prefill, promptTokens),
    firstTokenMs: scaled(firstToken, 1000),
    totalMs: {
      value: 1000 * (firstToken.value + more * decode.value),
      low: 1000 * (firstToken.low + more * decode.low),
      high: 1000 * (firstToken.high + more * decode.high),
      level: LEVEL,
    },
    fileBytes: bytes.file,
    peakBytes: scaled(memory, 1),
    fits: fitsOf(asked, memory),
    energyJ,
    basis: basisOf(asked, decode, fitted),
    // Written when it is read: of a fleet's thousands of predictions few are.
    get derivation() {
      derivation ??= derive({ asked, fitted, depth, decode, prefill, firstToken, memory, kept, energyJ })
      return derivation
    },
  }
}

/** No token comes sooner than its weights can be read, no prompt than its operations can be done. */
function atMost(said: Said, least: number): Said {
  return {
    ...said,
    value: Math.max(least, said.value),
    low: Math.max(least, said.low),
    high: Math.max(least, said.high),
  }
}

const scaled = ({ value, low, high }: Said, by: number): Predicted => ({
  value: value * by,
  low: low * by,
  high: high * by,
  level: LEVEL,
})

/** So many in the time that was said. */
const per = ({ value, low, high }: Said, count: number): Predicted => ({
  value: count / value,
  low: count / high,
  high: count / low,
  level: LEVEL,
})

function fitsOf({ device, model, setting }: Asked, memory: Said): boolean | null {
  if (setting.promptTokens + setting.outputTokens > model.context) return false
  if (memory.low > device.usableBytes) return false
  return memory.high <= device.usableBytes ? true : null
}

const runtimeAndClass = laws.decode.findIndex(({ name }) => name === 'runtime and class')
const ofClass = laws.decode.findIndex(({ name }) => name === 'class')

function basisOf({ traits }: Asked, decode: Said, fitted: Fitted): Prediction['basis'] {
  if (decode.stage === 'own') return 'own-measurement'
  const seen = (factor: number): boolean =>
    Object.hasOwn(fitted.laws.decode.factors[factor]!.levels, laws.decode[factor]!.key(traits)!)
  if (seen(runtimeAndClass)) return 'runtime-and-class'
  return seen(ofClass) ? 'class' : 'everything'
}
