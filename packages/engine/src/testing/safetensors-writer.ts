/** A safetensors file of numbers, for tests of what reads one. Its types are F32 unless told. */
import { quantize } from '../quant/quant.ts'

export interface WrittenTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
  readonly type?: 'f32' | 'f16' | 'bf16'
}

export function writeSafetensors(tensors: readonly WrittenTensor[]): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  const parts = tensors.map(({ type = 'f32', values }) => quantize(type, values))
  let offset = 0
  for (const [i, { name, shape, type = 'f32' }] of tensors.entries()) {
    const end = offset + parts[i]!.length
    header[name] = { dtype: type.toUpperCase(), shape, data_offsets: [offset, end] }
    offset = end
  }
  const head = new TextEncoder().encode(JSON.stringify(header))
  const file = new Uint8Array(8 + head.length + offset)
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true)
  file.set(head, 8)
  let at = 8 + head.length
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}
