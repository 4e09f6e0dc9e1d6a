/**
 * What a trainer gave back, checked, as the student's GGUF file: every number is looked at, the new file is opened by the engine and runs a few
 * tokens, and only then gets its name.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  byteLength,
  convertRows,
  dequantize,
  EngineError,
  type FileType,
  findString,
  ggufHeader,
  openModel,
  type PlannedTensor,
  planQuantization,
  type QuantizationPlan,
} from '@edgewise/engine'
import {
  adapterCandidate,
  architectureOf,
  type Candidate,
  ggufCandidate,
  invalid,
  type OpenedGguf,
  openGguf,
} from './candidate.ts'
import { checkpointCandidate } from './checkpoint.ts'
import { openCheckpoint } from './checkpoint-files.ts'
import { openPart, type PartFile } from './part-file.ts'
import type { Imported, ImportOptions } from './types.ts'

/** Numbers converted at once. */
const PIECE = 2 ** 20

/**
 * Checks names, shapes and numbers of all tensors and their fit to the base, and writes the student's file.
 * Throws StudentError `import_invalid`, whose message names the file and the tensor, field or token; what the file system throws; or the
 * signal's reason. Nothing is left behind then, and a file that had the name of `out` is as it was.
 */
export async function importStudent({ from, base, out, type, signal }: ImportOptions): Promise<Imported> {
  const kind = await kindOf(from)
  if (await isFolder(out)) throw invalid(`${out} is a folder: name the file to write`)
  const name = basename(out).replace(/\.gguf$/i, '')
  try {
    if (kind === 'gguf') {
      await using given = await openGguf(from, signal)
      if (findString(given.gguf.metadata, 'general.type') !== 'adapter') {
        return await write(ggufCandidate(given, signal), out, type, signal)
      }
    }
    await using lent = await openBase(base, from, signal)
    if (kind !== 'safetensors')
      return await write(await adapterCandidate(from, lent, name, signal), out, type, signal)
    await using checkpoint = await openCheckpoint(from, signal)
    return await write(checkpointCandidate(checkpoint, lent, name, signal), out, type, signal)
  } catch (error) {
    throw error instanceof EngineError ? invalid(`${from}: ${error.message}`, error) : error
  }
}

async function kindOf(from: string): Promise<'gguf' | 'safetensors' | 'peft'> {
  const found = await stat(from).catch((cause: unknown): never => {
    throw invalid(`${from} is not there: name what the trainer gave back`, cause)
  })
  if (!found.isDirectory()) return 'gguf'
  const has = (name: string): Promise<boolean> =>
    stat(join(from, name)).then(
      () => true,
      () => false,
    )
  return (await has('adapter_config.json')) ? 'peft' : 'safetensors'
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

async function openBase(base: string | undefined, from: string, signal?: AbortSignal): Promise<OpenedGguf> {
  if (base !== undefined) return await openGguf(base, signal)
  throw invalid(`${from} needs its base: name a GGUF file of the model that was trained`)
}

async function write(
  candidate: Candidate,
  out: string,
  fileType: FileType | undefined,
  signal: AbortSignal | undefined,
): Promise<Imported> {
  const marked = { ...candidate, metadata: marksOf(candidate) }
  const plan = fileType
    ? planQuantization({ version: 3, alignment: 32, ...marked }, fileType)
    : unchanged(marked)
  await using file = await openPart(out)
  await file.write(plan.header, 0)
  for (const tensor of plan.tensors) {
    for await (const [bytes, at] of pieces(candidate, tensor, signal)) await file.write(bytes, at)
  }
  await file.end(plan.size)
  await tryOut(file, signal)
  const sha256 = await digest(file.part, signal)
  await file.keep()
  return {
    path: out,
    bytes: plan.size,
    from: candidate.from,
    architecture: architectureOf(candidate),
    parameters: plan.tensors.reduce((sum, { from }) => sum + from.rows * from.cols, 0),
    sha256,
  }
}

/** What makes the file a student's: its name on receipts and certificates then says which training it is of. */
function marksOf({ metadata, from }: Candidate): Candidate['metadata'] {
  return new Map(metadata).set('edgewise.student.from', { type: 'string', value: from })
}

function unchanged({ metadata, tensors }: Candidate): QuantizationPlan {
  const sources = [...tensors.values()]
  const { bytes, tensors: placed, size } = ggufHeader({ metadata, tensors: sources })
  return { header: bytes, size, tensors: placed.map((tensor, i) => ({ ...tensor, from: sources[i]! })) }
}

/** Throws StudentError `import_invalid` for a number that is not finite. */
async function* pieces(
  candidate: Candidate,
  { from, type, offset }: PlannedTensor,
  signal: AbortSignal | undefined,
): AsyncGenerator<[bytes: Uint8Array, at: number]> {
  const together = candidate.together(from)
  const step = together * Math.max(1, Math.floor(PIECE / (from.cols * together)))
  for (let row = 0; row < from.rows; row += step) {
    signal?.throwIfAborted()
    const count = Math.min(step, from.rows - row) * from.cols
    const bytes = await candidate.rows(from, row, count / from.cols)
    const values = new Float32Array(count)
    dequantize(from.type, bytes, values)
    if (!values.every(Number.isFinite)) {
      throw invalid(
        `the tensor ${from.name} has a number that is not finite: training diverged, or the file is damaged`,
      )
    }
    yield [convertRows(from.name, bytes, count, from.type, type), offset + byteLength(type, row * from.cols)]
  }
}

/** A pass through the engine: what opens and gives numbers for a few tokens is a model. */
async function tryOut(file: PartFile, signal: AbortSignal | undefined): Promise<void> {
  using model = await openModel(await file.source(), { ...(signal && { signal }) })
  using session = model.session()
  const { size } = model.tokenizer
  const tokens = Array.from({ length: Math.min(8, model.contextLength) }, (_, i) => (i * 97 + 5) % size)
  const logits = session.forward(tokens)
  if (logits.every(Number.isFinite) && logits.some((value) => value !== logits[0])) return
  throw invalid(
    'the student gives no numbers for a few tokens, or one for all: its weights overflow, or training diverged',
  )
}

async function digest(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path, { ...(signal && { signal }) }))
    hash.update(bytes as Uint8Array)
  return hash.digest('hex')
}
