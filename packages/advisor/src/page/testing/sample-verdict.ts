/**
 * A verdict made by hand, for tests of what is written of one: five kinds of devices, two candidates, an option that is forbidden, flips, a
 * figure that nobody knows. Its numbers are plausible and no prediction of anybody's. `name` goes into every text that can come from
 * outside.
 */
import type { Option, Verdict } from '../../decide/types.ts'
import { facts } from '../../facts/facts.ts'
import { deviceOf, modelOf, priceOf, quantisationOf } from '../../facts/lookup.ts'
import type { Predicted, Prediction } from '../../predict/types.ts'
import type { FleetShare } from '../../use-case/types.ts'

const about = (value: number, factor: number): Predicted => ({
  value,
  low: value / factor,
  high: value * factor,
  level: 0.8,
})
const sure = (value: number): Predicted => ({ value, low: value, high: value, level: 1 })
const shares = (value: number, low: number, high: number): Predicted => ({ value, low, high, level: 0.8 })

const fleet: readonly FleetShare[] = [
  { device: 'iphone-16', share: 0.38, runtime: 'llama.cpp', backend: 'gpu' },
  { device: 'galaxy-s24', share: 0.27, runtime: 'llama.cpp', backend: 'gpu' },
  { device: 'iphone-13', share: 0.15, runtime: 'llama.cpp', backend: 'gpu' },
  { device: 'm1', share: 0.12, runtime: 'MLX', backend: 'gpu' },
  { device: 'pixel-6a', share: 0.08, runtime: 'llama.cpp', backend: 'cpu' },
]

function prediction({ device, runtime, backend }: FleetShare, model: string): Prediction {
  const row = deviceOf(facts, device)
  const shape = modelOf(facts, model)
  const { bodyBits } = quantisationOf(facts, 'Q4_K_M')
  const weights = (shape.parameters * bodyBits) / 8 / 1e9
  const keys = 0.012
  const efficiency = row.class === 'laptop' ? 0.66 : 0.5
  const decode = 1 / ((weights + keys) / (row.bandwidthGBs * efficiency) + shape.layers * 80e-6)
  const prefill = decode * (row.class === 'laptop' ? 14 : 7)
  const first = 420 / prefill
  const sources = [row.source, shape.source]
  return {
    setting: { device, model, quantisation: 'Q4_K_M', runtime, backend, promptTokens: 420, outputTokens: 24 },
    decodeTps: about(decode, 1.4),
    prefillTps: about(prefill, 1.9),
    firstTokenMs: about(first * 1000, 1.9),
    totalMs: about((first + 24 / decode) * 1000, 1.8),
    fileBytes: weights * 1e9,
    peakBytes: about(weights * 1.1e9, 1.2),
    fits: weights * 1.3e9 < row.usableBytes,
    energyJ: row.class === 'laptop' ? null : about((first + 24 / decode) * 4.5, 1.8),
    basis: 'runtime-and-class',
    derivation: [
      {
        what: 'bytes read a token',
        formula: `${weights.toFixed(2)} GB weights + ${keys} GB keys and values`,
        value: weights + keys,
        unit: 'GB',
        from: sources,
      },
      {
        what: 'time a token',
        formula: `(${(weights + keys).toFixed(2)} GB / (${row.bandwidthGBs} GB/s x ${efficiency}) + ${shape.layers} layers x 80 µs)`,
        value: 1000 / decode,
        unit: 'ms',
        from: sources,
      },
      {
        what: 'first token',
        formula: `420 tokens / ${prefill.toFixed(0)} tokens/s`,
        value: first * 1000,
        unit: 'ms',
        from: sources,
      },
    ],
  }
}

export function sampleVerdict(name = 'Smart reply'): Verdict {
  const price = priceOf(facts, 'gpt-5-nano')
  const predictions = fleet.flatMap((share) => [
    prediction(share, 'gemma-3-1b'),
    prediction(share, 'qwen3-0.6b'),
  ])
  const ships = fleet.map(({ device, share }) => {
    const model = share > 0.2 || device === 'm1' ? 'gemma-3-1b' : 'qwen3-0.6b'
    const { fileBytes } = predictions.find(
      ({ setting }) => setting.device === device && setting.model === model,
    )!
    return { device, model, quantisation: 'Q4_K_M', share, fileBytes }
  })
  const perCall = (420 * price.inputPerMTok + 24 * price.outputPerMTok) / 1e6
  const calls = 6_000_000
  const base = { percentiles: [], ruledOutBy: [], ships } as const
  const device: Option = {
    ...base,
    answer: 'on-device',
    ruledOutBy: ['too-few-users-in-time'],
    usersInTime: shares(0.77, 0.5, 0.92),
    latencyMs: about(640, 1.9),
    percentiles: [0.5, 0.75, 0.9, 0.95, 0.99].map((share, i) => ({
      share,
      ms: i > 3 ? null : about(240 * (i + 1), 1.9),
    })),
    quality: null,
    usdPerMonth: sure(2450),
    fixedUsdPerMonth: 2450,
    usdPerCall: sure(0),
    staysShare: sure(1),
    worksOffline: true,
    derivation: [
      {
        what: 'engineering a month',
        formula: `40 days x $700 / 12 months of ${name}`,
        value: 2333.33,
        unit: 'US dollars',
        from: ['the use case'],
      },
      {
        what: 'dollars a month',
        formula: '$2,333 engineering + $117 downloads',
        value: 2450,
        unit: 'US dollars',
        from: ['the use case'],
      },
      {
        what: 'users in time',
        formula: '0.38 + 0.27 + 0.12 of the fleet within 300 ms',
        value: 0.77,
        unit: 'of the calls',
        from: ['the use case'],
      },
    ],
  }
  const cloudUsd = perCall * calls
  const cloud: Option = {
    ...base,
    answer: 'cloud',
    ships: [],
    usersInTime: shares(0.4, 0.3, 0.55),
    latencyMs: about(520, 1.3),
    quality: sure(1),
    usdPerMonth: sure(cloudUsd),
    fixedUsdPerMonth: 0,
    usdPerCall: sure(perCall),
    staysShare: sure(0),
    worksOffline: false,
    derivation: [
      {
        what: 'dollars a call',
        formula: `(420 x $${price.inputPerMTok} + 24 x $${price.outputPerMTok}) / 1,000,000`,
        value: perCall,
        unit: 'US dollars',
        from: [price.source],
      },
    ],
  }
  const hybrid: Option = {
    ...base,
    answer: 'hybrid',
    usersInTime: shares(0.93, 0.81, 0.97),
    latencyMs: about(280, 1.5),
    quality: shares(0.96, 0.92, 0.99),
    usdPerMonth: {
      value: 2450 + 0.3 * cloudUsd,
      low: 2450 + 0.2 * cloudUsd,
      high: 2450 + 0.45 * cloudUsd,
      level: 0.8,
    },
    fixedUsdPerMonth: 2450,
    usdPerCall: { value: 0.3 * perCall, low: 0.2 * perCall, high: 0.45 * perCall, level: 0.8 },
    staysShare: shares(0.7, 0.55, 0.8),
    worksOffline: true,
    derivation: [
      {
        what: 'calls that stay',
        formula: '70 % pass the bar',
        value: 0.7,
        unit: 'of the calls',
        from: [name],
      },
    ],
  }
  return {
    useCase: {
      name,
      task: 'reply',
      fit: { models: ['gemma-3-1b', 'qwen3-0.6b'], keep: 0.9, measured: [], kind: 'generate' },
      latency: { targetMs: 300, of: 'first-token', share: 0.9 },
      privacy: 'redacted',
      offline: 'better',
      volume: { callsPerMonth: calls, users: 200_000, promptTokens: 420, outputTokens: 24, cachedShare: 0 },
      cloud: { model: 'gpt-5-nano', firstTokenMs: 480, decodeTps: 120 },
      fleet,
      engineering: { days: 40, usdPerDay: 700, months: 12, egressUsdPerGB: 0.05 },
    },
    factsVersion: facts.version,
    answer: 'hybrid',
    leans: 'hybrid',
    why: `The device answers 70 % of the calls and 93 % of the users are in time; the cloud alone is in time for 40 %. ${name}`,
    fleet,
    fleetSource: `the use case of ${name}`,
    price,
    segments: [
      {
        share: 0.77,
        devices: ['iphone-16', 'galaxy-s24', 'm1'],
        answer: 'hybrid',
        why: `Fast enough for 1B. ${name}`,
      },
      { share: 0.15, devices: ['iphone-13'], answer: 'cloud', why: 'Too slow for what fits.' },
      { share: 0.08, devices: ['pixel-6a'], answer: 'uncertain', why: 'The interval straddles the target.' },
    ],
    options: [device, hybrid, cloud],
    firings: [
      {
        rule: 'too-few-users-in-time',
        outcome: 'against',
        of: 'on-device',
        why: `77 % of users are within 300 ms, 90 % were asked for. ${name}`,
      },
      { rule: 'saves-calls', outcome: 'for', of: 'hybrid', why: '70 % of calls cost nothing.' },
      { rule: 'quality-kept', outcome: 'uncertain', of: 'hybrid', why: 'No example of yours was graded.' },
    ],
    settle: `Run gemma-3-1b on a Pixel 6a: edgewise measure. ${name}`,
    flips: [
      { what: 'callsPerMonth', now: '6,000,000', at: '310,000', then: 'cloud' },
      { what: `latency.targetMs of ${name}`, now: '300 ms', at: '180 ms', then: 'uncertain' },
    ],
    predictions,
    breakEvenCallsPerMonth: about(calls * 1.6, 1.3),
    warnings: [`Quality rests on published scores, which say little of this task. ${name}`],
  }
}
