/** One row against itself and what it names: a list of clauses, each with both figures; empty when they agree. */
import { countMatrices, countsExactly, outerParameters } from './count.ts'
import { nearest } from './lookup.ts'
import type { CloudPrice, Device, Facts, Measurement, ModelShape, Quantisation } from './types.ts'

/** Makers round bandwidths: 135.17 to 135, 152.37 to 152. */
const BANDWIDTH_ROUNDING = 0.005
/** Published sizes are rounded, and so are counts made from them. */
const COUNT_ROUNDING = 0.005
/** Files below that lie in caches, which are faster than the memory. */
const BEYOND_CACHES = 2 ** 27
/** A reading of more than the memory gives is none; so much is left for its own rounding. */
const ABOVE_ROOF = 1.05

export function checkDevice({
  bandwidthGBs,
  bus,
  memoryBytes,
  usableBytes,
  basis,
}: Device): readonly string[] {
  const computed = bus && (bus.bits * bus.mtps) / 8 / 1000
  return said([
    computed !== null &&
      Math.abs(computed / bandwidthGBs - 1) > BANDWIDTH_ROUNDING &&
      `${bus!.bits} bits x ${bus!.mtps} MT/s / 8 is ${computed.toFixed(1)} GB/s, and the row has ${bandwidthGBs}`,
    basis === 'computed' && !bus && 'it is said to be computed, and has no bus to compute it from',
    usableBytes > memoryBytes && `an app may use ${usableBytes} bytes of ${memoryBytes}`,
  ])
}

export function checkModel(model: ModelShape): readonly string[] {
  const { layers, heads, kvHeads, window, parameters, bodyParameters, basis } = model
  const least = countMatrices(model)
  const low = 1 - COUNT_ROUNDING
  return said([
    heads % kvHeads !== 0 && `${heads} heads cannot share ${kvHeads} of keys and values evenly`,
    window !== null &&
      window.layers > layers &&
      `${window.layers} layers have a window, and there are ${layers}`,
    basis === 'computed' &&
      !countsExactly(model) &&
      `its shape does not give ${parameters} parameters, ${bodyParameters} of them in the body, in any family that is known: the matrices alone are ${least.parameters} and ${least.bodyParameters}`,
    bodyParameters < low * least.bodyParameters &&
      `its body has ${bodyParameters} parameters, and the matrices of its shape ${least.bodyParameters}`,
    parameters < low * (bodyParameters + outerParameters(model)) &&
      `it has ${parameters} parameters, and body, embedding and head ${bodyParameters + outerParameters(model)}`,
  ])
}

/** Values and bytes of a block of the types that GGUF files are made of, as in packages/engine/src/gguf/types.ts. */
const blocks: { readonly [type: string]: readonly [values: number, bytes: number] } = {
  F32: [1, 4],
  F16: [1, 2],
  BF16: [1, 2],
  Q8_0: [32, 34],
  Q6_K: [256, 210],
  Q5_K: [256, 176],
  Q5_1: [32, 24],
  Q5_0: [32, 22],
  Q4_K: [256, 144],
  Q4_1: [32, 20],
  Q4_0: [32, 18],
  IQ4_NL: [32, 18],
  IQ4_XS: [256, 136],
  Q3_K: [256, 110],
  Q2_K: [256, 84],
}

/** Types of which llama.cpp gives some matrices more bits than the name says. */
const MIXED = /^(Q[2-5]_K|IQ4_)/

export function checkQuantisation({ id, bodyBits, headBits, narrow }: Quantisation): readonly string[] {
  const block = blocks[id] ?? blocks[id.replace(/_[SML]$/, '')]
  if (!block) return []
  const bits = (8 * block[1]) / block[0]
  const agrees = MIXED.test(id) ? bodyBits >= bits && bodyBits < bits * 1.25 : bodyBits === bits
  return said([
    !agrees &&
      `blocks of ${block[0]} values in ${block[1]} bytes are ${bits} bits a weight, and the row has ${bodyBits}`,
    headBits < bits && `its head has ${headBits} bits a weight, fewer than the ${bits} of its blocks`,
    narrow !== null &&
      narrow.bodyBits < bodyBits &&
      `narrow models have ${narrow.bodyBits} bits a weight, fewer than the ${bodyBits} of others`,
  ])
}

export function checkPrice({
  inputPerMTok,
  cachedInputPerMTok,
  outputPerMTok,
}: CloudPrice): readonly string[] {
  return said([
    cachedInputPerMTok !== null &&
      cachedInputPerMTok > inputPerMTok &&
      `cached input costs $${cachedInputPerMTok}, more than the $${inputPerMTok} of input`,
    outputPerMTok < inputPerMTok && `output costs $${outputPerMTok}, less than the $${inputPerMTok} of input`,
    outputPerMTok > 1000 &&
      `$${outputPerMTok} a million tokens is above every known price: was it meant for another unit?`,
  ])
}

/** Its device, model and quantisation are in the facts, and it is not faster than its device can read. */
export function checkMeasurement(row: Measurement, facts: Facts): readonly string[] {
  const device = facts.devices.find(({ id }) => id === row.device)
  const unknown = (rows: readonly { readonly id: string }[], kind: string, id: string): string | false =>
    !rows.some((known) => known.id === id) &&
    `no ${kind} "${id}" in the facts: did you mean ${nearest(rows, id).join(', ')}?`
  const read = row.decodeTps === null ? 0 : (row.decodeTps * row.fileBytes) / 1e9
  const prefillMs =
    row.prefillTps !== null && row.promptTokens !== null ? (1000 * row.promptTokens) / row.prefillTps : null
  return said([
    unknown(facts.devices, 'device', row.device),
    row.model !== null && unknown(facts.models, 'model', row.model),
    unknown(facts.quantisations, 'quantisation', row.quantisation),
    row.prefillTps === null &&
      row.decodeTps === null &&
      row.firstTokenMs === null &&
      row.peakBytes === null &&
      'nothing was measured: give at least one figure',
    device !== undefined &&
      // A bandwidth that was measured is what one thread reads; several read more.
      device.basis !== 'measured' &&
      row.fileBytes > BEYOND_CACHES &&
      // A file may hold parts that are not read for each token: half of it at most in the models that are known.
      read / 2 > ABOVE_ROOF * device.bandwidthGBs &&
      `${row.decodeTps} tokens/s of a file of ${row.fileBytes} bytes read ${read.toFixed(0)} GB/s, and the memory gives ${device.bandwidthGBs}`,
    prefillMs !== null &&
      row.firstTokenMs !== null &&
      row.firstTokenMs < 0.8 * prefillMs &&
      `the first token came after ${row.firstTokenMs} ms, before the ${prefillMs.toFixed(0)} ms that its prompt takes`,
  ])
}

function said(clauses: readonly (string | false)[]): readonly string[] {
  return clauses.filter((clause) => clause !== false)
}
