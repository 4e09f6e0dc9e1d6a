/**
 * Reads a safetensors file: 8 bytes of header length, a JSON header, then the raw tensors, little-endian.
 * Only F32 tensors are read; the file is our own recipe's output, so anything else is an error, not a feature.
 */
import { BadCheckpointError } from './errors.ts'

export interface Tensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

interface Entry {
  dtype: string
  shape: number[]
  data_offsets: [number, number]
}

/** All tensors by name. Throws BadCheckpointError. */
export function readSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerLength = bytes.length < 8 ? Number.NaN : Number(view.getBigUint64(0, true))
  if (!(8 + headerLength <= bytes.length)) {
    throw new BadCheckpointError(`the safetensors header does not fit the file of ${bytes.length} bytes`)
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength))
  const data = bytes.subarray(8 + headerLength)
  const tensors = new Map<string, Tensor>()
  for (const [name, { dtype, shape, data_offsets: range }] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const count = shape.reduce((product, size) => product * size, 1)
    if (dtype !== 'F32') throw new BadCheckpointError(`tensor ${name} is ${dtype}: export the model as F32`)
    if (range[1] - range[0] !== count * 4 || range[1] > data.length) {
      throw new BadCheckpointError(
        `tensor ${name} needs ${count * 4} bytes, the file has ${range.join('..')}`,
      )
    }
    // A copy for alignment; not `slice`, which a Node Buffer, a Uint8Array too, answers with its shared pool.
    const copy = new Uint8Array(data.subarray(range[0], range[1]))
    tensors.set(name, { shape, values: new Float32Array(copy.buffer) })
  }
  return tensors
}

function parseHeader(bytes: Uint8Array): Record<string, Entry> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new BadCheckpointError('the safetensors header is not JSON: is this model.safetensors?', { cause })
  }
}
