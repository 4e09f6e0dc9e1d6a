/**
 * The four laws: decoding, prefill, the first token, memory. Each says its parts and the factors whose effects are fitted on them. A level's
 * name is made of traits, so that a device that nobody has measured has those of its class, its line of chips and its runtime.
 *
 *     seconds a token  = (weights / (bandwidth x 0.65) + cache / (bandwidth x 0.85) + layers x overhead) x effects
 *     seconds a prompt = operations / (bandwidth x 20 operations a byte, or 0.55 of an Apple GPU's) x effects + seconds of one token + 10 ms
 *     first token      = (seconds a prompt + 10 ms) x effects
 *     memory           = (file + cache + 0.15 GB + 0.05 MB a token of the prompt) x effects
 *
 * The constants are where the effects start from: a change of one is taken up by an effect, but for the share of the cache and the
 * overhead, which decide how small models differ from large ones. Overheads are those of ../../../../docs/predictor.md.
 */
import type { Device, ModelShape } from '../facts/types.ts'
import { type Bytes, cacheBytes, promptFlops } from './bytes.ts'
import { peakOf } from './compute.ts'
import type { Case, Factor } from './effects.ts'
import type { Traits } from './traits.ts'

export type LawName = 'decode' | 'prefill' | 'firstToken' | 'memory'

interface Keyed extends Factor {
  readonly key: (traits: Traits) => string | null
}

const engine = ({ runtime, backend }: Traits): string => `${runtime}/${backend}`

const chip: readonly Keyed[] = [
  { name: 'all', part: null, spread: 1, key: () => 'all' },
  { name: 'class', part: null, spread: 0.25, key: (t) => t.class },
  { name: 'backend', part: null, spread: 0.25, key: (t) => t.backend },
  { name: 'runtime', part: null, spread: 0.25, key: engine },
  { name: 'runtime and class', part: null, spread: 0.25, key: (t) => `${engine(t)}/${t.class}` },
  { name: 'line of chips', part: null, spread: 0.2, key: (t) => `${t.line}/${t.backend}` },
  { name: 'line and runtime', part: null, spread: 0.2, key: (t) => `${t.line}/${engine(t)}` },
  { name: 'device', part: null, spread: 0.2, key: (t) => t.device },
  { name: 'device and runtime', part: null, spread: 0.2, key: (t) => `${t.device}/${engine(t)}` },
]

/** Parts of decoding, by their index: weights, cache, overhead. */
const WEIGHTS = 0
const CACHE = 1
const OVERHEAD = 2

const decode: readonly Keyed[] = [
  ...chip,
  { name: 'width', part: WEIGHTS, spread: 0.2, key: (t) => `${t.width}/${t.backend}` },
  { name: 'width and runtime', part: WEIGHTS, spread: 0.2, key: (t) => `${t.width}/${engine(t)}` },
  { name: 'device and width', part: WEIGHTS, spread: 0.1, key: (t) => `${t.device}/${t.width}` },
  { name: 'family', part: null, spread: 0.1, key: (t) => t.family },
  { name: 'family and runtime', part: null, spread: 0.15, key: (t) => `${t.family}/${engine(t)}` },
  { name: 'cache', part: CACHE, spread: 0.3, key: () => 'all' },
  { name: 'overhead', part: OVERHEAD, spread: 0.5, key: (t) => overheadOf(t).kind },
]

/** Of a prompt: what does not grow with it. */
const START = 2

const onOperations = (factors: readonly Keyed[]): readonly Keyed[] =>
  factors.map((factor) => ({ ...factor, part: 0 }))

const prefill: readonly Keyed[] = [
  ...onOperations(chip),
  { name: 'width and runtime', part: 0, spread: 0.2, key: (t) => `${t.width}/${engine(t)}` },
  { name: 'family and runtime', part: 0, spread: 0.15, key: (t) => `${t.family}/${engine(t)}` },
  { name: 'start', part: START, spread: 1, key: engine },
]

const small: readonly Keyed[] = [
  { name: 'all', part: null, spread: 0.3, key: () => 'all' },
  { name: 'runtime', part: null, spread: 0.3, key: engine },
  { name: 'device and runtime', part: null, spread: 0.2, key: (t) => `${t.device}/${engine(t)}` },
]

export const laws: Readonly<Record<LawName, readonly Keyed[]>> = {
  decode,
  prefill,
  firstToken: [...small, { name: 'start', part: 1, spread: 1, key: engine }],
  memory: [
    { name: 'all', part: 0, spread: 0.2, key: () => 'all' },
    { name: 'runtime', part: 0, spread: 0.2, key: engine },
    { name: 'device and runtime', part: null, spread: 0.1, key: (t) => `${t.device}/${engine(t)}` },
    { name: 'beside it', part: 1, spread: 1, key: (t) => `${engine(t)}/${t.class}` },
    { name: 'prompt', part: 2, spread: 1, key: engine },
  ],
}

export function levelsOf(law: LawName, traits: Traits): readonly (string | null)[] {
  return laws[law].map((factor) => factor.key(traits))
}

/** Of the bandwidth, where effects start from. */
export const WEIGHTS_SHARE = 0.65
export const CACHE_SHARE = 0.85

/** Microseconds a layer and token that reading does not explain, where its effect starts from. */
export function overheadOf({ runtime, class: kind }: Pick<Traits, 'runtime' | 'class'>): {
  readonly kind: string
  readonly microseconds: number
} {
  if (runtime === 'executorch') return { kind: 'executorch', microseconds: 300 }
  switch (kind) {
    case 'desktop-gpu':
      return { kind, microseconds: 30 }
    case 'laptop':
    case 'desktop':
      return { kind: 'laptop', microseconds: 50 }
    case 'sbc':
      return { kind, microseconds: 200 }
    default:
      return { kind: kind === 'datacenter-gpu' ? kind : 'phone', microseconds: 80 }
  }
}

/** One token after `depth` others. */
export function decodeCase(
  device: Device,
  model: ModelShape,
  bytes: Bytes,
  depth: number,
  traits: Traits,
): Case {
  const bandwidth = device.bandwidthGBs * 1e9
  return {
    parts: [
      bytes.weights / (bandwidth * WEIGHTS_SHARE),
      cacheBytes(model, depth) / (bandwidth * CACHE_SHARE),
      model.layers * overheadOf(traits).microseconds * 1e-6,
    ],
    levels: levelsOf('decode', traits),
  }
}

/** Floating-point operations for a byte of bandwidth, where effects start from. */
export const OPERATIONS_A_BYTE = 20

/** Of what a GPU computes at most, where that is known (compute.ts). */
export const PEAK_SHARE = 0.55

/** Floating-point operations a second of a prompt, where effects start from. */
function speedOf(device: Device, { backend }: Traits): number {
  const peak = peakOf(device, backend)
  return peak === null ? device.bandwidthGBs * 1e9 * OPERATIONS_A_BYTE : peak * PEAK_SHARE
}

/** A model so narrow (`hidden`) fills half of a large GPU: an RTX 3060 does 12 TFLOPS with Qwen3 0.6B and 24 with Llama 3.2 3B. */
const NARROW = 1024

/** Of a prompt and of a call, where their effects start from. */
export const START_SECONDS = 0.01

/** A prompt of `tokens`, of which one takes `tokenSeconds`: weights are read once whatever its length. */
export function prefillCase(
  device: Device,
  model: ModelShape,
  tokens: number,
  tokenSeconds: number,
  traits: Traits,
): Case {
  const narrow = /-gpu$/.test(traits.class) ? NARROW : 0
  return {
    parts: [
      (promptFlops(model, tokens) * (1 + narrow / model.hidden)) / speedOf(device, traits),
      tokens > 0 ? tokenSeconds : 0,
      START_SECONDS,
    ],
    levels: levelsOf('prefill', traits),
  }
}

/** `seconds` of the prompt. */
export function firstTokenCase(seconds: number, traits: Traits): Case {
  return { parts: [seconds, START_SECONDS], levels: levelsOf('firstToken', traits) }
}

/** Bytes that a process takes beside its model, and those of the activations of a token of the prompt, where effects start from. */
const BESIDE = 0.15e9
const ACTIVATIONS = 0.05e6

/** Bytes at their peak, after `prompt` tokens and `output` more. */
export function memoryCase(
  model: ModelShape,
  bytes: Bytes,
  prompt: number,
  output: number,
  traits: Traits,
): Case {
  return {
    parts: [bytes.file + cacheBytes(model, prompt + output), BESIDE, ACTIVATIONS * prompt],
    levels: levelsOf('memory', traits),
  }
}
