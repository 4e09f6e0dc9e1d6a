/**
 * The file that a student's training starts from: a base model with weights in F32, as many of its layers as wanted, a token for each label, and the
 * student's chat template. A label's token begins as the mean of the tokens that its words are made of, so a model that knows the words
 * knows something of the label before the first step.
 */
import {
  dequantize,
  findNumbers,
  findString,
  findStrings,
  type Gguf,
  type GgufTensor,
  type Metadata,
  type MetadataValue,
  readGguf,
  requireNumber,
  requireString,
  type Tensor,
  Tokenizer,
  tensorBytes,
  textToAlphabet,
  writeGguf,
} from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import { endOf, FORM_KEY, LABELS_KEY, studentTemplate } from './protocol.ts'

export interface BaseOptions {
  /** `general.name` of the student. */
  readonly name: string
  /** null: the student writes any text. */
  readonly labels: readonly string[] | null
  /** The first so many layers are kept; all when not given. */
  readonly layers?: number | undefined
}

/** Types of GGUF tokens: a text that merges make, or none do. */
const NORMAL = 1

/**
 * The bytes of a GGUF file with F32 weights. Throws StudentError `model_untrainable` for a vocabulary that labels cannot be added to, BadGgufError for
 * a file that is broken.
 */
export async function studentBase(
  file: Uint8Array,
  { name, labels, layers }: BaseOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const gguf = readGguf(file)
  const tokenizer = await Tokenizer.open(gguf.metadata)
  const added = (labels ?? []).filter((label) => tokenizer.idOf(label) === undefined)
  if (added.length > 0) mustBeBytePair(gguf.metadata)
  const kept = keptLayers(gguf.metadata, layers)
  const pieces = added.map((label) => tokenizer.encode(` ${wordsOf(label)}`, { literal: true }))
  const tensors = [...gguf.tensors.values()].flatMap((tensor) => tensorsOf(file, tensor, kept, pieces))
  return writeGguf({ metadata: metadataOf(gguf, tokenizer, { name, labels, added, kept }), tensors })
}

/** `card_arrival` as its words. */
const wordsOf = (label: string): string => label.replace(/[_-]+/g, ' ').trim()

function mustBeBytePair(metadata: Metadata): void {
  const model = requireString(metadata, 'tokenizer.ggml.model')
  if (model !== 'gpt2')
    throw new StudentError(
      'model_untrainable',
      `labels become tokens of their own, which a vocabulary of the kind "${model}" would find in texts: take a base with byte-level BPE (gpt2)`,
    )
}

function keptLayers(metadata: Metadata, wanted: number | undefined): number {
  const there = requireNumber(metadata, `${requireString(metadata, 'general.architecture')}.block_count`)
  if (wanted === undefined || (Number.isInteger(wanted) && wanted >= 1 && wanted <= there))
    return wanted ?? there
  throw new StudentError(
    'model_untrainable',
    `a student of ${wanted} layers is asked for, and the base has ${there}: ask for 1 to ${there}`,
  )
}

/** One tensor with its values as F32; none for a layer that is left out. */
function tensorsOf(
  file: Uint8Array,
  tensor: Tensor,
  layers: number,
  pieces: readonly (readonly number[])[],
): GgufTensor[] {
  const { name, type, rows, cols, dims } = tensor
  const layer = /^blk\.(\d+)\./.exec(name)?.[1]
  if (layer !== undefined && Number(layer) >= layers) return []
  const isTable = name === 'token_embd.weight' || name === 'output.weight'
  const values = new Float32Array((rows + (isTable ? pieces.length : 0)) * cols)
  dequantize(type, tensorBytes(file, tensor), values.subarray(0, rows * cols))
  if (isTable)
    for (const [i, ids] of pieces.entries()) {
      const row = values.subarray((rows + i) * cols, (rows + i + 1) * cols)
      for (const id of ids) for (let at = 0; at < cols; at++) row[at]! += values[id * cols + at]! / ids.length
    }
  return [
    {
      name,
      type: 'f32',
      dims: isTable ? [cols, rows + pieces.length] : dims,
      bytes: new Uint8Array(values.buffer),
    },
  ]
}

function metadataOf(
  { metadata }: Gguf,
  tokenizer: Tokenizer,
  {
    name,
    labels,
    added,
    kept,
  }: { name: string; labels: readonly string[] | null; added: readonly string[]; kept: number },
): Metadata {
  const architecture = requireString(metadata, 'general.architecture')
  // What the base says of its own tasks is not true of the student.
  const changed = new Map(
    [...metadata].filter(([key]) => !/^(?:edgewise\.|split\.|tokenizer\.chat_template)/.test(key)),
  )
  const set = (key: string, value: MetadataValue): void => void changed.set(key, value)
  const strings = (value: readonly string[]): MetadataValue => ({ type: 'array', of: 'string', value })
  const base = findString(metadata, 'general.name')
  set('general.name', { type: 'string', value: name })
  if (base !== undefined) set('general.base_model.0.name', { type: 'string', value: base })
  set('general.file_type', { type: 'uint32', value: 0 })
  set(`${architecture}.block_count`, { type: 'uint32', value: kept })
  const end = tokenizer.textOf(endOf(tokenizer))
  set('tokenizer.chat_template', { type: 'string', value: studentTemplate(end) })
  set(FORM_KEY, { type: 'uint32', value: 1 })
  if (labels !== null) set(LABELS_KEY, strings(labels))
  if (added.length === 0) return changed
  const size = tokenizer.size + added.length
  if (changed.has(`${architecture}.vocab_size`))
    set(`${architecture}.vocab_size`, { type: 'uint32', value: size })
  const tokens = findStrings(metadata, 'tokenizer.ggml.tokens') ?? []
  set('tokenizer.ggml.tokens', strings([...tokens, ...added.map(textToAlphabet)]))
  const types = findNumbers(metadata, 'tokenizer.ggml.token_type')
  if (types !== undefined) {
    const all = Int32Array.from({ length: size }, (_, i) => (i < types.length ? types[i]! : NORMAL))
    set('tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: all })
  }
  const scores = findNumbers(metadata, 'tokenizer.ggml.scores')
  if (scores !== undefined) {
    const all = Float32Array.from({ length: size }, (_, i) => scores[i] ?? 0)
    set('tokenizer.ggml.scores', { type: 'array', of: 'float32', value: all })
  }
  return changed
}
