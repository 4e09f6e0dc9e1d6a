/**
 * ggml's own conversions of numbers, as a judge of packages/engine/src/quant: values to a type's bytes and back.
 * These are ggml-base's plain C functions, the same on every processor.
 */
import koffi from 'koffi'
import { type GgmlType, ggmlTypes, loadLlama } from './llama-library.ts'

koffi.proto('void edgewise_to_float(const void * x, void * y, int64_t count)')

interface Traits {
  readonly block: number
  readonly bytes: number
  readonly toFloat: bigint | null
}

/** Values in a block of the type, and its bytes. */
export function blockOf(type: GgmlType): { block: number; bytes: number } {
  const { block, bytes } = traits(type)
  return { block, bytes }
}

/** [count] values as ggml_quantize_chunk writes them into a file, in rows of `cols` (all in one row when not given). */
export function quantizeWithGgml(type: GgmlType, values: Float32Array, cols = values.length): Uint8Array {
  const { block, bytes } = traits(type)
  if (cols % block !== 0 || values.length % cols !== 0) {
    throw new Error(`${values.length} values in rows of ${cols} are no blocks of ${block}`)
  }
  if (type === 'q8_k' || type === 'q8_1')
    throw new Error(`${type} is for activations: quantizeActivations has it`)
  const out = new Uint8Array((values.length / block) * bytes)
  const rows = values.length / cols
  const written = loadLlama().c.ggml_quantize_chunk!(ggmlTypes[type], values, out, 0, rows, cols, null)
  if (Number(written) !== out.length) throw new Error(`ggml wrote ${written} bytes, not ${out.length}`)
  return out
}

/** [count] activations as a product takes them: quantize_row_q8_0_ref, quantize_row_q8_1_ref, quantize_row_q8_K_ref. */
export function quantizeActivations(type: 'q8_0' | 'q8_1' | 'q8_k', values: Float32Array): Uint8Array {
  const { block, bytes } = traits(type)
  if (values.length % block !== 0) throw new Error(`${values.length} values are no blocks of ${block}`)
  const out = new Uint8Array((values.length / block) * bytes)
  const { c } = loadLlama()
  const quantize = {
    q8_0: c.quantize_row_q8_0_ref!,
    q8_1: c.quantize_row_q8_1_ref!,
    q8_k: c.quantize_row_q8_K_ref!,
  }[type]
  quantize(values, out, values.length)
  return out
}

/** The values of `bytes`, as ggml reads them. */
export function dequantizeWithGgml(type: GgmlType, bytes: Uint8Array): Float32Array {
  if (type === 'f32') return new Float32Array(bytes.slice().buffer)
  const { block, bytes: stride, toFloat } = traits(type)
  if (toFloat === null) throw new Error(`ggml does not read ${type}`)
  const out = new Float32Array((bytes.length / stride) * block)
  koffi.call(toFloat, 'edgewise_to_float', bytes, out, out.length)
  return out
}

function traits(type: GgmlType): Traits {
  const found = koffi.decode(loadLlama().c.ggml_get_type_traits!(ggmlTypes[type]), 'ggml_type_traits')
  return {
    block: Number(found.blck_size),
    bytes: Number(found.type_size),
    toFloat: found.to_float,
  }
}
