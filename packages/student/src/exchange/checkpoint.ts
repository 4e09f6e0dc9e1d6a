/**
 * A checkpoint's weights under the header of its base: the base's GGUF file lends names, shapes, tokenizer and what a family needs (the factors
 * of RoPE), the checkpoint gives every number. What does not agree between the two is refused by the field, the token or the tensor.
 */
import {
  byteLength,
  type Config,
  checkpointName,
  dequantize,
  findNumbers,
  findStrings,
  interleaveHeads,
  type Metadata,
  quantize,
  readConfig,
  type Tensor,
} from '@edgewise/engine'
import { type Candidate, invalid, named, type OpenedGguf, readRows } from './candidate.ts'
import { checkCheckpointConfig, shown } from './checkpoint-config.ts'
import type { Checkpoint, CheckpointTensor } from './checkpoint-files.ts'

/** llama.cpp's `llama_token_type`. */
const USER_DEFINED = 4
/** llama.cpp's `llama_ftype` of a file that is not quantised. */
const fileTypes = { f32: 0, f16: 1, bf16: 32 } as const

/** Throws StudentError `import_invalid`. */
export function checkpointCandidate(
  checkpoint: Checkpoint,
  base: OpenedGguf,
  name: string,
  signal?: AbortSignal,
): Candidate {
  const config = readConfig(base.gguf.metadata)
  checkCheckpointConfig(checkpoint, config, base.gguf.tensors)
  checkTokens(checkpoint, base.gguf.metadata)
  const pairs = [...base.gguf.tensors.values()].map((tensor) => pairOf(tensor, checkpoint, config))
  const used = new Set(pairs.flatMap(({ from }) => (from ? [from.name] : [])))
  const isTied = checkpoint.config.tie_word_embeddings === true && !base.gguf.tensors.has('output.weight')
  const stray = [...checkpoint.tensors.keys()].find(
    // Savers write a tied head besides, and angles of RoPE.
    (name) =>
      !used.has(name) && !(isTied && name === 'lm_head.weight') && !name.endsWith('.rotary_emb.inv_freq'),
  )
  if (stray !== undefined) throw invalid(`${checkpoint.path}: the tensor ${stray} has no place in the base`)
  const sources = new Map(pairs.map(({ tensor, from }) => [tensor.name, from]))
  return {
    from: 'safetensors',
    metadata: named(base.gguf, name).set('general.file_type', {
      type: 'uint32',
      value: fileTypes[pairs.find(({ tensor }) => tensor.rows > 1)?.from?.type ?? 'f32'],
    }),
    tensors: new Map(pairs.map(({ tensor }) => [tensor.name, tensor])),
    together: (tensor) => (isPermuted(tensor.name, config) && tensor.rows > 1 ? config.headDim : 1),
    async rows(tensor, first, count) {
      const from = sources.get(tensor.name)
      if (!from) return await readRows(base.source, base.gguf.tensors.get(tensor.name)!, first, count, signal)
      const bytes = new Uint8Array(byteLength(from.type!, count * tensor.cols))
      await from.source.read(bytes, from.offset + byteLength(from.type!, first * tensor.cols), signal)
      return inOrder(tensor, bytes, from, config)
    },
  }
}

interface Pair {
  /** As the new file has it. */
  readonly tensor: Tensor
  /** Undefined where the base's own numbers stay. */
  readonly from: CheckpointTensor | undefined
}

function pairOf(tensor: Tensor, { path, tensors }: Checkpoint, { architecture }: Config): Pair {
  const name = checkpointName(architecture, tensor.name)
  if (name === undefined) return { tensor, from: undefined }
  const from = tensors.get(name)
  if (!from) throw invalid(`${path}: the tensor ${name} is missing`)
  const shape = tensor.dims.toReversed()
  if (String(from.shape) !== String(shape)) {
    throw invalid(
      `${path}: the tensor ${name} is [${from.shape}], in the base it is [${shape}]: is it of another model?`,
    )
  }
  if (from.type === undefined) {
    throw invalid(`${path}: the tensor ${name} is ${from.dtype}: save the model as F32, F16 or BF16`)
  }
  // Vectors are few and are always exact, as llama.cpp has them.
  const type = shape.length === 1 ? 'f32' : from.type
  return { tensor: { ...tensor, type, size: byteLength(type, tensor.rows * tensor.cols) }, from }
}

const isPermuted = (name: string, { pairs }: Config): boolean =>
  pairs === 'neighbours' && /\.attn_[qk]\.(weight|bias)$/.test(name)

/** Rows as the new file has them: heads interleaved, Gemma's gains with the 1 that its checkpoints leave out, vectors in f32. */
function inOrder(
  tensor: Tensor,
  bytes: Uint8Array<ArrayBuffer>,
  from: CheckpointTensor,
  config: Config,
): Uint8Array<ArrayBuffer> {
  const permuted = isPermuted(tensor.name, config)
  const addsOne = config.architecture === 'gemma3' && tensor.name.endsWith('norm.weight')
  if (!permuted && !addsOne && from.type === tensor.type) return bytes
  const values = new Float32Array(bytes.length / byteLength(from.type!, 1))
  dequantize(from.type!, bytes, values)
  if (addsOne) for (let i = 0; i < values.length; i++) values[i]! += 1
  // A bias is a column.
  const cols = from.shape.length === 1 ? 1 : tensor.cols
  return quantize(tensor.type, permuted ? interleaveHeads(values, config.headDim, cols) : values)
}

/** Converters write user-defined tokens with real spaces, or as they decode: those are not compared. */
function checkTokens({ path, tokens }: Checkpoint, base: Metadata): void {
  const names = findStrings(base, 'tokenizer.ggml.tokens') ?? []
  const types = findNumbers(base, 'tokenizer.ggml.token_type') ?? []
  if (tokens?.size === 0)
    throw invalid(`${path}/tokenizer.json has no tokens: copy it again, or take it out of the folder`)
  for (const [id, token] of tokens ?? []) {
    if (names[id] === token || types[id] === USER_DEFINED) continue
    throw invalid(
      `${path}/tokenizer.json: token ${id} is ${shown(token)}, in the base it is ${shown(names[id])}: the base must have the tokenizer that was trained with`,
    )
  }
}
