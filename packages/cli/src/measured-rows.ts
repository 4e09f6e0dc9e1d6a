/**
 * What was measured of a machine and a model as rows of facts: the machine as a device, the model and its type where the facts have none
 * of that shape, and the measurement. Pure. The numbers of a shape are taken from the file, never guessed from its name.
 */
import {
  type Device,
  type DeviceClass,
  type FactRows,
  type Facts,
  type ModelShape,
  parseRows,
  type Quantisation,
  storedBits,
} from '@edgewise/advisor'
import { fileTypes, type Model } from '@edgewise/engine'

export interface Machine {
  readonly cpu: string
  readonly memoryBytes: number
  /** What the engine may take of it. */
  readonly usableBytes: number
  /** One thread from memory, GB/s. */
  readonly readGBs: number
}

export interface MeasuredModel {
  readonly model: Pick<Model, 'config' | 'tensors' | 'parameters' | 'bytesPerToken' | 'metadata'>
  /** The file's name without its ending. */
  readonly name: string
  readonly promptTokens: number
  readonly outputTokens: number
  readonly prefillTps: number
  readonly decodeTps: number
  readonly firstTokenMs: number
}

export interface Naming {
  readonly id?: string
  readonly class: DeviceClass
  /** `2026-11-26`. */
  readonly date: string
  /** Of Edgewise and Node. */
  readonly versions: string
}

/** Files below that lie in caches, so that decoding them says nothing of the memory. */
const BEYOND_CACHES = 2 ** 27
/** A file whose bits a weight are as near as that to a known type is of that type. */
const SAME_BITS = 0.03
/** Vocabularies are padded to round numbers by some who convert files. */
const SAME_VOCABULARY = 0.01

/** Whether weights of so many bytes may lie in a cache, which is faster than the memory. */
export const isInCaches = (bytes: number): boolean => bytes <= BEYOND_CACHES

/** Throws AdvisorError `facts_invalid` for an `id` that is none. */
export function measuredRows(
  facts: Facts,
  machine: Machine,
  measured: MeasuredModel,
  naming: Naming,
): FactRows {
  const cpu = oneLine(machine.cpu)
  const source = { source: `edgewise measure (${naming.versions})`, asOf: naming.date } as const
  const deviceId = naming.id ?? slug(`${cpu}-${Math.round(machine.memoryBytes / 2 ** 30)}gb`)
  const { model, name } = measured
  const weightBytes = [...model.tensors.values()].reduce((sum, { size }) => sum + size, 0)
  // Several threads read more than the one that was measured; what they read is known when the weights come from memory.
  const decoded = isInCaches(weightBytes) ? 0 : (measured.decodeTps * model.bytesPerToken) / 1e9
  const device: Device = {
    id: deviceId,
    name: cpu,
    chip: cpu,
    class: naming.class,
    bandwidthGBs: round(Math.max(machine.readGBs, decoded)),
    bus: null,
    memoryBytes: machine.memoryBytes,
    usableBytes: Math.min(machine.memoryBytes, Math.floor(machine.usableBytes)),
    usableWhy: 'what the system would give a process when it was measured',
    ...source,
    basis: 'measured',
  }
  const shape = shapeOf(facts, measured, source)
  const kind = quantisationOf(facts, measured, shape.row, source)
  const rows: FactRows = {
    devices: [device],
    models: shape.known ? [] : [shape.row],
    quantisations: kind.known ? [] : [kind.row],
    prices: [],
    own: [
      {
        id: `${deviceId}/${slug(name)}`,
        device: deviceId,
        runtime: 'edgewise',
        backend: 'cpu',
        model: shape.row.id,
        quantisation: kind.row.id,
        fileBytes: weightBytes,
        promptTokens: measured.promptTokens,
        outputTokens: measured.outputTokens,
        prefillTps: round(measured.prefillTps),
        decodeTps: round(measured.decodeTps),
        firstTokenMs: round(measured.firstTokenMs),
        peakBytes: null,
        ...source,
        basis: 'measured',
      },
    ],
  }
  return parseRows(rows, 'what was measured')
}

interface Found<Row> {
  readonly row: Row
  /** Whether the facts have it already. */
  readonly known: boolean
}

function shapeOf(
  facts: Facts,
  { model, name }: MeasuredModel,
  source: { readonly source: string; readonly asOf: string },
): Found<ModelShape> {
  const { config, tensors, parameters } = model
  const embedding = tensors.get('token_embd.weight')!
  const head = tensors.get('output.weight')
  const { layers, dim: hidden, heads, kvHeads, headDim, hiddenDim: ffn, contextLength: context } = config
  const shape = { layers, hidden, heads, kvHeads, headDim, ffn, vocab: embedding.rows, tied: !head }
  const found = facts.models.find(
    ({ vocab, ...row }) =>
      (['layers', 'hidden', 'heads', 'kvHeads', 'headDim', 'ffn', 'tied'] as const).every(
        (key) => row[key] === shape[key],
      ) && Math.abs(vocab / shape.vocab - 1) < SAME_VOCABULARY,
  )
  if (found) return { row: found, known: true }
  const outer = embedding.rows * embedding.cols + (head ? head.rows * head.cols : 0)
  const windowed = config.window?.layers.filter(Boolean).length ?? 0
  const row: ModelShape = {
    id: free(slug(name), facts.models),
    name: oneLine(name),
    ...shape,
    context,
    window: config.window && windowed > 0 ? { tokens: config.window.size, layers: windowed } : null,
    parameters,
    bodyParameters: parameters - outer,
    scores: {},
    source: `the header of the file; ${source.source}`,
    asOf: source.asOf,
    basis: 'published',
  }
  return { row, known: false }
}

function quantisationOf(
  facts: Facts,
  { model, name }: MeasuredModel,
  shape: ModelShape,
  source: { readonly source: string; readonly asOf: string },
): Found<Quantisation> {
  const all = [...model.tensors.values()]
  const bitsOf = (of: readonly (typeof all)[number][]): number =>
    round(
      (8 * of.reduce((sum, { size }) => sum + size, 0)) /
        of.reduce((sum, { rows, cols }) => sum + rows * cols, 0),
    )
  const bodyBits = bitsOf(all.filter(({ name, rows }) => name.startsWith('blk.') && rows > 1))
  const headBits = bitsOf([model.tensors.get('output.weight') ?? model.tensors.get('token_embd.weight')!])
  const label = labelOf(model)
  const found = facts.quantisations.find(({ id }) => id === label)
  const near = (a: number, b: number): boolean => Math.abs(a / b - 1) <= SAME_BITS
  if (found) {
    const bits = storedBits(found, shape)
    if (near(bodyBits, bits.bodyBits) && near(headBits, bits.headBits)) return { row: found, known: true }
  }
  const row: Quantisation = {
    id: free(`${label ?? 'mixed'}-${slug(name)}`, facts.quantisations),
    bodyBits,
    headBits,
    narrow: null,
    source: `sizes in the file; ${source.source}`,
    asOf: source.asOf,
    basis: 'computed',
  }
  return { row, known: false }
}

/** As the field names the kind of file, `general.file_type` (enum llama_ftype of llama.h). */
function labelOf({ metadata }: MeasuredModel['model']): string | undefined {
  const id = metadata.get('general.file_type')?.value
  if (id === 1) return 'F16'
  if (id === 32) return 'BF16'
  return Object.values(fileTypes).find((type) => type.id === id)?.label
}

/** `id`, or with an ending where another row has it: a published row is not replaced because a file has its name. */
function free(id: string, rows: readonly { readonly id: string }[]): string {
  return rows.some((row) => row.id === id) ? `${id}-measured` : id
}

function slug(text: string): string {
  const made = text
    .toLowerCase()
    .replace(/\((r|tm)\)/g, '')
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return made.slice(0, 55) || 'unnamed'
}

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 200) || 'unknown'

/** Four digits: more were not measured. */
const round = (value: number): number => Number(value.toPrecision(4))
