/**
 * Which measurements the predictor is not fitted to and not tested on, and why. No reason looks at what the predictor would have said: each
 * is of the row itself, of physics, or of what the facts do not know.
 */
import type { Device, Facts, Measurement, ModelShape } from '../facts/types.ts'
import { type Bits, type Bytes, bytesOf, cacheBytes } from './bytes.ts'
import { peakOf } from './compute.ts'
import { bitsNamed, runtimeId, type Traits, traitsOf } from './traits.ts'

/** A row that may be used, with what the laws need of it. */
export interface Sound {
  readonly row: Measurement
  readonly device: Device
  readonly model: ModelShape
  readonly bytes: Bytes
  readonly traits: Traits
  /** Tokens in front of the one in the middle of the answer; what is not stated counts as none. */
  readonly depth: number
}

export type Reason =
  | 'unknown device'
  | 'shape of the model not in the facts'
  | 'quantisation not stated'
  | 'size of the file contradicts the quantisation'
  | 'faster than the bandwidth allows'
  | 'larger than what an app may use'
  | 'the same run again'

export const reasons: Readonly<Record<Reason, string>> = {
  'unknown device': 'its bandwidth is not known',
  'shape of the model not in the facts':
    'layers, keys and values are not known; of mixtures of experts, hybrids of state and attention, and makers who publish no shape',
  'quantisation not stated': 'neither bits nor the size of the file are known',
  'size of the file contradicts the quantisation':
    'more than 1.5 times larger or smaller than parameters x bits: one of the two is wrong, and which is not known',
  'faster than the bandwidth allows':
    'weights alone, read once a token, would need more than all of the bandwidth',
  'larger than what an app may use':
    'file x 1.04 (what llama.cpp takes beside it) and cache exceed it: layers ran elsewhere, or the device was not this one',
  'the same run again':
    'device, runtime, model, quantisation, lengths and every speed are equal to those of an earlier row',
}

export interface Sorted {
  readonly sound: readonly Sound[]
  readonly leftOut: readonly { readonly id: string; readonly reason: Reason }[]
}

/**
 * Whether part of the prompt was cached: by its speed it took more operations than the GPU does at most. Its speed and the time to the first
 * token are not used then; of decoding it says nothing.
 */
export function isPromptCached({ row, device, model }: Sound): boolean {
  const peak = peakOf(device, row.backend)
  return row.prefillTps !== null && peak !== null && 2 * model.bodyParameters * row.prefillTps > peak
}

/** Rows in their order; the first of those that are the same run stays. */
export function sortOut(rows: readonly Measurement[], facts: Facts): Sorted {
  const sound: Sound[] = []
  const leftOut: { readonly id: string; readonly reason: Reason }[] = []
  const devices = new Map(facts.devices.map((row) => [row.id, row]))
  const models = new Map(facts.models.map((row) => [row.id, row]))
  const seen = new Set<string>()
  for (const row of rows) {
    const device = devices.get(row.device)
    const model = row.model === null ? undefined : models.get(row.model)
    const bits = bitsNamed(facts, row.quantisation)
    if (!device) leftOut.push({ id: row.id, reason: 'unknown device' })
    else if (!model) leftOut.push({ id: row.id, reason: 'shape of the model not in the facts' })
    else if (!bits) leftOut.push({ id: row.id, reason: 'quantisation not stated' })
    else {
      const one = soundRow(row, device, model, bits)
      const reason = faultOf(one, bits) ?? (seen.has(runOf(row)) ? 'the same run again' : null)
      seen.add(runOf(row))
      if (reason) leftOut.push({ id: row.id, reason })
      else sound.push(one)
    }
  }
  return { sound, leftOut }
}

function soundRow(row: Measurement, device: Device, model: ModelShape, bits: Bits): Sound {
  const runtime = runtimeId(row.runtime)
  return {
    row,
    device,
    model,
    bytes: bytesOf(model, bits, runtime, row.fileBytes > 0 ? row.fileBytes : null),
    traits: traitsOf(device, model, runtime, row.backend, bits.bodyBits),
    depth: (row.promptTokens ?? 0) + (row.outputTokens ?? 0) / 2,
  }
}

function faultOf({ row, device, model, bytes, traits, depth }: Sound, bits: Bits): Reason | null {
  const computed = bytesOf(model, bits, traits.runtime, null).file
  const ratio = bytes.file / computed
  if (ratio > 1.5 || ratio < 1 / 1.5) return 'size of the file contradicts the quantisation'
  if (row.decodeTps !== null && row.decodeTps * bytes.weights > device.bandwidthGBs * 1e9)
    return 'faster than the bandwidth allows'
  if (bytes.file * 1.04 + cacheBytes(model, depth) > device.usableBytes)
    return 'larger than what an app may use'
  return null
}

function runOf(row: Measurement): string {
  return JSON.stringify([
    row.device,
    runtimeId(row.runtime),
    row.backend,
    row.model,
    row.quantisation,
    row.promptTokens,
    row.outputTokens,
    row.decodeTps,
    row.prefillTps,
    row.firstTokenMs,
  ])
}
