/**
 * What of a setting decides its speed beside bytes: the traits that the factors of factors.ts are keyed by. Names that people write in
 * several ways are made one here.
 */
import type { Backend, Device, DeviceClass, Facts, ModelShape, Quantisation } from '../facts/types.ts'
import { lineOf } from './chip-line.ts'

export interface Traits {
  readonly device: string
  readonly class: DeviceClass
  readonly line: string
  readonly runtime: string
  readonly backend: Backend
  /** Of models built alike: the operations of a layer are as many. */
  readonly family: string
  readonly width: Width
}

/** How wide weights are stored: kernels are written for each. */
export type Width = '16' | '8' | '4'

export function traitsOf(
  device: Device,
  model: Pick<ModelShape, 'id'>,
  runtime: string,
  backend: Backend,
  bodyBits: number,
  line: string = lineOf(device),
): Traits {
  return {
    device: device.id,
    class: device.class,
    line,
    runtime: runtimeId(runtime),
    backend,
    family: familyOf(model.id),
    width: bodyBits >= 12 ? '16' : bodyBits >= 7 ? '8' : '4',
  }
}

/** `llama.cpp`, `Llama.cpp` and `llamacpp` are one; so are `Genie/QNN` and `genie`. */
export function runtimeId(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return plain === 'genie' || plain === 'qnn' ? 'genieqnn' : plain
}

/** `qwen3-1.7b` is of `qwen3`, `gemma-3-270m` of `gemma-3`. Llama, Mistral and TinyLlama are built alike. */
export function familyOf(model: string): string {
  if (/^(llama|mistral|tinyllama)/.test(model)) return 'llama'
  return /^(gemma-\d|qwen\d|phi|smollm)/.exec(model)?.[1] ?? 'other'
}

/**
 * Bits of the body and the head of a quantisation that the facts have, or that its name tells (`w4a16`, `INT8`, `QAT Q4_0`): what it says
 * of the bits, with a half for the scales. Null where it tells nothing.
 */
export function bitsNamed(facts: Facts, name: string): Pick<Quantisation, 'bodyBits' | 'headBits'> | null {
  const known = facts.quantisations.find((row) => row.id === name)
  if (known) return known
  const plain = name.toLowerCase().replace(/q4f16|w4a16/, 'int4')
  if (/f16|fp16/.test(plain)) return { bodyBits: 16, headBits: 16 }
  if (/q8|int8|8-?bit/.test(plain)) return { bodyBits: 8.5, headBits: 8.5 }
  if (/4|mixed/.test(plain)) return { bodyBits: 4.5, headBits: 4.5 }
  return null
}
