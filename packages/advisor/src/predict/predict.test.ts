import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AdvisorError } from '../errors.ts'
import { facts } from '../facts/facts.ts'
import type { Backend, Facts, Measurement } from '../facts/types.ts'
import { peakOf } from './compute.ts'
import { predict } from './predict.ts'
import type { Predicted, Setting } from './types.ts'

const setting: Setting = {
  device: 'iphone-16',
  model: 'llama-3.2-1b',
  quantisation: 'Q4_K_M',
  runtime: 'llama.cpp',
  backend: 'gpu',
  promptTokens: 512,
  outputTokens: 128,
}

const runtimes = [
  'llama.cpp',
  'Ollama',
  'MLX',
  'ExecuTorch',
  'LiteRT-LM',
  'MediaPipe',
  'Cactus',
  'Genie/QNN',
  'CoreML',
  'MLC',
  'vLLM',
  'edgewise',
]
const backends: readonly Backend[] = ['cpu', 'gpu', 'npu']

const ordered = ({ value, low, high }: Predicted): boolean =>
  low > 0 && low <= value && value <= high && high < 1e18

/** Not one number of it is none, and every interval holds its value. */
function sane(asked: Setting, from: Facts = facts, derived = true): void {
  const said = predict(asked, from)
  const all = [said.decodeTps, said.prefillTps, said.firstTokenMs, said.totalMs, said.peakBytes, said.energyJ]
  for (const one of all)
    if (one && !ordered(one)) throw new Error(`${JSON.stringify(asked)}: ${JSON.stringify(one)}`)
  if (derived)
    for (const { value, formula } of said.derivation)
      if (!Number.isFinite(value) || /NaN|Infinity|undefined/.test(formula))
        throw new Error(`${JSON.stringify(asked)}: ${formula}`)
}

describe('predict', () => {
  test('every device with every model, quantisation, runtime and backend gets numbers', () => {
    let count = 0
    facts.devices.forEach(({ id: device }, d) => {
      facts.models.forEach(({ id: model }, m) => {
        facts.quantisations.forEach(({ id: quantisation }, q) => {
          // Each runtime with each backend meets every device, model and quantisation, if not all at once.
          const runtime = runtimes[(d + m + q) % runtimes.length]!
          const backend = backends[(d + m * 2 + q) % backends.length]!
          sane({ ...setting, device, model, quantisation, runtime, backend }, facts, count % 10 === 0)
          count++
        })
      })
    })
    expect(count).toBe(facts.devices.length * facts.models.length * facts.quantisations.length)
  })

  test('what each device does is of the order of what such devices do', () => {
    const speed = (device: string, model: string, runtime: string, backend: Backend): number =>
      predict({ ...setting, device, model, runtime, backend }, facts).decodeTps.value
    for (const { id, bandwidthGBs } of facts.devices)
      for (const runtime of runtimes)
        for (const backend of backends) {
          const share = (speed(id, 'llama-3.2-3b', runtime, backend) * 2e9) / (bandwidthGBs * 1e9)
          expect(share, `${id} ${runtime} ${backend}`).toBeGreaterThan(0.02)
          expect(share, `${id} ${runtime} ${backend}`).toBeLessThan(1.1)
        }
    expect(speed('rtx5090', 'llama-3.1-8b', 'llama.cpp', 'gpu')).toBeGreaterThan(100)
    expect(speed('pi4', 'llama-3.2-1b', 'llama.cpp', 'cpu')).toBeLessThan(12)
  })

  test('larger models, wider weights and longer contexts are slower', () => {
    const speed = (change: Partial<Setting>): number =>
      predict({ ...setting, ...change }, facts).decodeTps.value
    expect(speed({ model: 'llama-3.2-3b' })).toBeLessThan(speed({}))
    expect(speed({ quantisation: 'F16' })).toBeLessThan(speed({}))
    expect(speed({ promptTokens: 16_000 })).toBeLessThan(speed({}))
  })

  test('no device is faster than its weights can be read, at the better end either', () => {
    for (const { id, bandwidthGBs } of facts.devices) {
      const { decodeTps, fileBytes } = predict({ ...setting, device: id }, facts)
      expect(decodeTps.high * fileBytes).toBeLessThanOrEqual(bandwidthGBs * 1e9 * (1 + 1e-9))
    }
  })

  test('a model larger than the memory of every device does not fit, and neither does a context that it lacks', () => {
    const large = { ...facts.models.find(({ id }) => id === 'qwen2.5-14b')! }
    const huge: Facts = {
      ...facts,
      models: [{ ...large, id: 'huge', parameters: 2e12, bodyParameters: 2e12, layers: 200 }],
    }
    for (const { id } of facts.devices)
      expect(predict({ ...setting, device: id, model: 'huge' }, huge).fits).toBe(false)
    const long = predict({ ...setting, model: 'smollm2-135m', promptTokens: 100_000 }, facts)
    expect(long.fits).toBe(false)
    expect(long.derivation.some(({ what }) => what === 'tokens that the model sees')).toBe(true)
    expect(predict(setting, facts).fits).toBe(true)
  })

  test('unknown ids, lengths, runtimes and backends that cannot be are refused by name', () => {
    const code = (change: Partial<Record<keyof Setting, unknown>>): string => {
      try {
        predict({ ...setting, ...change } as Setting, facts)
      } catch (error) {
        if (error instanceof AdvisorError) return error.code
        throw error
      }
      return 'predicted'
    }
    expect(code({ device: 'iphone-99' })).toBe('unknown_device')
    expect(code({ model: 'llama' })).toBe('unknown_model')
    expect(code({ quantisation: 'Q1' })).toBe('unknown_quantisation')
    for (const promptTokens of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, '512', null])
      expect(code({ promptTokens })).toBe('setting_invalid')
    for (const outputTokens of [-1, 0.5, Number.NaN]) expect(code({ outputTokens })).toBe('setting_invalid')
    for (const runtime of ['', ' ', undefined, 7]) expect(code({ runtime })).toBe('setting_invalid')
    expect(code({ backend: 'quantum' })).toBe('setting_invalid')
    expect(code({ outputTokens: 0 })).toBe('predicted')
  })

  test('whatever is asked, it is answered with numbers or refused with an AdvisorError', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'llama.cpp'))
    const token = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1, 512, 10_000_000))
    fc.assert(
      fc.property(
        fc.record({
          device: fc.oneof(text, fc.constantFrom(...facts.devices.map(({ id }) => id))),
          model: fc.oneof(text, fc.constantFrom(...facts.models.map(({ id }) => id))),
          quantisation: fc.oneof(text, fc.constantFrom(...facts.quantisations.map(({ id }) => id))),
          runtime: text,
          backend: fc.constantFrom(...backends),
          promptTokens: token,
          outputTokens: token,
        }),
        (asked) => {
          try {
            sane(asked)
          } catch (error) {
            if (!(error instanceof AdvisorError)) throw error
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('facts that cannot be are refused where they would be used', () => {
    const zero: Facts = { ...facts, devices: facts.devices.map((row) => ({ ...row, bandwidthGBs: 0 })) }
    expect(() => predict(setting, zero)).toThrow(expect.objectContaining({ code: 'facts_invalid' }))
  })

  test('every number is derived, with its formula and its sources', () => {
    const { derivation, decodeTps } = predict(setting, facts)
    expect(derivation.map(({ what }) => what)).toEqual([
      'size of the file',
      'bytes read a token',
      'time a token',
      'time of the prompt',
      'time to the first token',
      'memory at its peak',
      'energy of a call',
    ])
    for (const { from } of derivation) expect(from.length).toBeGreaterThan(0)
    expect(derivation[2]!.value).toBeCloseTo(1000 / decodeTps.value, 9)
    expect(JSON.parse(JSON.stringify(predict(setting, facts))).derivation).toHaveLength(7)
  })
})

describe('own measurements', () => {
  const own = (change: Partial<Measurement> = {}): Facts => ({
    ...facts,
    own: [
      {
        ...setting,
        id: 'mine',
        fileBytes: 0,
        prefillTps: null,
        decodeTps: 30,
        firstTokenMs: null,
        peakBytes: null,
        source: 'my own phone',
        asOf: '2026-11-26',
        basis: 'measured',
        ...change,
      },
    ],
  })
  const width = ({ low, high }: Predicted): number => high / low

  test('give back what was measured, and narrow other models of the device and runtime', () => {
    const before = predict(setting, facts)
    const same = predict(setting, own())
    expect(Math.abs(same.decodeTps.value / 30 - 1)).toBeLessThan(0.05)
    expect(same.basis).toBe('own-measurement')
    const other = { ...setting, model: 'llama-3.2-3b' }
    const told = predict(other, own())
    expect(width(told.decodeTps)).toBeLessThan(width(predict(other, facts).decodeTps))
    expect(told.decodeTps.value / predict(other, facts).decodeTps.value).toBeCloseTo(
      30 / before.decodeTps.value,
      0,
    )
    expect(told.derivation.some(({ from }) => from.includes('my own phone'))).toBe(true)
  })

  test('leave other devices as they are', () => {
    const other = { ...setting, device: 'galaxy-s24' }
    expect(JSON.stringify(predict(other, own()))).toBe(JSON.stringify(predict(other, facts)))
  })

  test('of another backend do not make of it one that was measured', () => {
    const cpu = predict({ ...setting, backend: 'cpu' }, own())
    expect(cpu.basis).not.toBe('own-measurement')
  })

  test('a prompt and a first token that tell the same are not told twice', () => {
    const { prefillTps, firstTokenMs } = predict(setting, facts)
    const slow = own({
      decodeTps: null,
      prefillTps: prefillTps.value / 2,
      firstTokenMs: firstTokenMs.value * 2,
    })
    const told = predict(setting, slow)
    expect(Math.abs(told.firstTokenMs.value / (2 * firstTokenMs.value) - 1)).toBeLessThan(0.2)
  })

  test('that cannot be are not used, and it is said why', () => {
    const told = predict(setting, own({ decodeTps: 5000 }))
    expect(told.decodeTps).toEqual(predict(setting, facts).decodeTps)
    expect(told.derivation.find(({ what }) => what.startsWith('own measurements'))?.formula).toBe(
      'mine: faster than the bandwidth allows',
    )
  })

  test('hundreds of them are numbers still', () => {
    const [one] = own().own
    const many = Array.from({ length: 300 }, (_, i) => ({ ...one!, id: `m${i}`, decodeTps: 20 + (i % 17) }))
    sane(setting, { ...facts, own: many })
  })
})

test('no prompt is read with more operations than a GPU does, whatever runs it', () => {
  for (const chip of ['m1', 'm2', 'm3', 'm1-max', 'm3-pro', 'm4-pro', 'm2-ultra'])
    for (const runtime of runtimes)
      for (const { id, bodyParameters } of facts.models) {
        const asked = {
          ...setting,
          device: chip,
          model: id,
          quantisation: 'F16',
          runtime,
          backend: 'gpu' as const,
        }
        const { prefillTps } = predict(asked, facts)
        const peak = peakOf(facts.devices.find((device) => device.id === chip)!, 'gpu')!
        expect((2 * bodyParameters * prefillTps.value) / peak).toBeLessThanOrEqual(1)
      }
})
