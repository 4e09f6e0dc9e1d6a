/** What is measured as rows: of the embedded model, and of made-up files of shapes that the facts have. Types of the facts against the engine's recipe. */
import { type FactRows, facts, type ModelShape, mergeFacts, storedBits } from '@edgewise/advisor'
import { byteLength, type FileType, fileTypes, type Model, planQuantization } from '@edgewise/engine'
import { loadMini } from '@edgewise/mini'
import { describe, expect, test } from 'vitest'
import { isInCaches, type MeasuredModel, measuredRows } from './measured-rows.ts'

const machine = {
  cpu: 'Any(R) CPU\n @ 2 GHz',
  memoryBytes: 16 * 2 ** 30,
  usableBytes: 2 ** 40,
  readGBs: 20.123456,
}
const naming = { class: 'laptop', date: '2026-11-26', versions: 'edgewise 0.1.0' } as const
const speeds = {
  promptTokens: 256,
  outputTokens: 128,
  prefillTps: 500,
  decodeTps: 40.123456,
  firstTokenMs: 530,
}

interface Row {
  readonly name: string
  readonly type: 'f32'
  readonly dims: readonly [number, number]
  readonly rows: number
  readonly cols: number
  readonly offset: number
  readonly size: number
}

/** The matrices of a shape, as a file of F32 weights has them. */
function matricesOf(shape: ModelShape): Map<string, Row> {
  const { layers, hidden, heads, kvHeads, headDim, ffn, vocab, tied } = shape
  const ofLayer: readonly [string, number, number][] = [
    ['attn_q', hidden, heads * headDim],
    ['attn_k', hidden, kvHeads * headDim],
    ['attn_v', hidden, kvHeads * headDim],
    ['attn_output', heads * headDim, hidden],
    ['ffn_gate', hidden, ffn],
    ['ffn_up', hidden, ffn],
    ['ffn_down', ffn, hidden],
  ]
  const entries: [string, number, number][] = [
    ['token_embd.weight', hidden, vocab],
    ...(tied ? [] : [['output.weight', hidden, vocab] as [string, number, number]]),
    ...Array.from({ length: layers }, (_, i) =>
      ofLayer.map(([name, cols, rows]): [string, number, number] => [`blk.${i}.${name}.weight`, cols, rows]),
    ).flat(),
  ]
  return new Map(
    entries.map(([name, cols, rows]) => [
      name,
      { name, type: 'f32', dims: [cols, rows], rows, cols, offset: 0, size: 4 * cols * rows },
    ]),
  )
}

/** A file of that shape and kind, as far as it is looked at. */
function modelOf(shape: ModelShape, kind: FileType): MeasuredModel['model'] {
  const { layers, heads, kvHeads, headDim, hidden: dim, ffn: hiddenDim, context: contextLength } = shape
  const count = (value: number) => ({ type: 'uint32', value }) as const
  const metadata = new Map<string, ReturnType<typeof count> | { type: 'string'; value: string }>([
    ['general.architecture', { type: 'string', value: 'any' }],
    ['any.block_count', count(layers)],
    ['any.attention.head_count', count(heads)],
    ['any.attention.head_count_kv', count(kvHeads)],
  ])
  const plan = planQuantization({ version: 3, metadata, tensors: matricesOf(shape), alignment: 32 }, kind)
  const tensors = new Map(
    plan.tensors.map(({ from, type }) => [
      from.name,
      { ...from, type, size: byteLength(type, from.rows * from.cols) },
    ]),
  )
  const config = { layers, heads, kvHeads, headDim, dim, hiddenDim, contextLength } as Model['config']
  metadata.set('general.file_type', count(fileTypes[kind].id))
  return { config, tensors, parameters: shape.parameters, bytesPerToken: shape.parameters / 2, metadata }
}

const shapeOf = (id: string): ModelShape => facts.models.find((model) => model.id === id)!

describe('rows', () => {
  test('of the embedded model: the machine, its shape, the run; all of it merges', async () => {
    using mini = await loadMini()
    const rows = measuredRows(facts, machine, { model: mini.model, name: mini.modelId, ...speeds }, naming)
    expect(rows.devices).toMatchObject([
      {
        id: 'any-cpu-2-ghz-16gb',
        name: 'Any(R) CPU @ 2 GHz',
        bandwidthGBs: 20.12,
        usableBytes: machine.memoryBytes,
        basis: 'measured',
      },
    ])
    expect(rows.models).toMatchObject([
      { id: 'edgewise-mini', hidden: 256, vocab: 4096, parameters: 4_196_608, bodyParameters: 3_148_032 },
    ])
    expect(rows.own).toMatchObject([
      {
        id: 'any-cpu-2-ghz-16gb/edgewise-mini',
        device: 'any-cpu-2-ghz-16gb',
        model: 'edgewise-mini',
        quantisation: 'Q8_0',
        decodeTps: 40.12,
      },
    ])
    expect(isInCaches(rows.own[0]!.fileBytes)).toBe(true)
    const merged = mergeFacts(facts, rows, 'measured')
    // Measured again, the shape is known, and nothing comes twice.
    const again = measuredRows(merged, machine, { model: mini.model, name: mini.modelId, ...speeds }, naming)
    expect(again.models).toEqual([])
    expect(mergeFacts(merged, again, 'measured')).toEqual(merged)
  })

  const of = (id: string, kind: FileType): FactRows =>
    measuredRows(facts, machine, { model: modelOf(shapeOf(id), kind), name: 'File', ...speeds }, naming)

  test('of a shape and a type that the facts have: by their ids, and the memory is what was read', () => {
    const rows = of('llama-3.2-3b', 'q4_k_m')
    expect(rows).toMatchObject({ models: [], quantisations: [] })
    expect(rows.own).toMatchObject([{ model: 'llama-3.2-3b', quantisation: 'Q4_K_M' }])
    // Several threads read 40.12 tokens/s x 1.6 GB, more than the one that was measured.
    expect(rows.devices[0]!.bandwidthGBs).toBeCloseTo((40.123456 * 3_212_749_824) / 2 / 1e9, 1)
    expect(of('smollm2-360m', 'q4_k_m').own[0]!.quantisation).toBe('Q4_K_M')
  })

  test('of a shape they do not have: a model of its own, which takes no row of theirs', () => {
    const odd = { ...shapeOf('llama-3.2-1b'), layers: 17 }
    const measured = { model: modelOf(odd, 'q8_0'), name: 'llama-3.2-1b', ...speeds }
    const rows = measuredRows(facts, machine, measured, naming)
    expect(rows.models).toMatchObject([{ id: 'llama-3.2-1b-measured', layers: 17 }])
    expect(rows.own[0]).toMatchObject({ model: 'llama-3.2-1b-measured', quantisation: 'Q8_0' })
  })

  test('of a type that is not what it is called: bits of its own', () => {
    const model = modelOf(shapeOf('llama-3.2-1b'), 'q8_0')
    const metadata = new Map([
      ...model.metadata,
      ['general.file_type', { type: 'uint32', value: 15 }] as const,
    ])
    const measured = { model: { ...model, metadata }, name: 'File', ...speeds }
    const { quantisations, own } = measuredRows(facts, machine, measured, naming)
    expect(quantisations).toMatchObject([{ id: 'Q4_K_M-file', bodyBits: 8.5, headBits: 8.5 }])
    expect(own[0]!.quantisation).toBe('Q4_K_M-file')
    expect(() => mergeFacts(facts, { quantisations }, 'measured')).not.toThrow()
  })

  test('a name that is no id is refused', async () => {
    using mini = await loadMini()
    const measured = { model: mini.model, name: mini.modelId, ...speeds }
    expect(() => measuredRows(facts, machine, measured, { ...naming, id: '\u001b[2J' })).toThrow(
      /devices\.0\.id: an id has/,
    )
  })
})

describe('bits a weight of the facts are those that the recipe gives', () => {
  // Of the others no tensor names are known here.
  const shapes = facts.models.filter(({ basis }) => basis === 'computed')
  test.each(Object.keys(fileTypes) as FileType[])('%s', (kind) => {
    const quantisation = facts.quantisations.find(({ id }) => id === fileTypes[kind].label)!
    for (const shape of shapes) {
      const tensors = [...modelOf(shape, kind).tensors.values()]
      const body = tensors.filter(({ name }) => name.startsWith('blk.'))
      const sum = (key: 'size' | 'rows') =>
        body.reduce(
          (total, tensor) => total + (key === 'size' ? 8 * tensor.size : tensor.rows * tensor.cols),
          0,
        )
      const head = tensors.find(({ name }) => name === (shape.tied ? 'token_embd.weight' : 'output.weight'))!
      const { bodyBits, headBits } = storedBits(quantisation, shape)
      expect(Math.abs(bodyBits / (sum('size') / sum('rows')) - 1)).toBeLessThan(0.02)
      expect(headBits).toBe((8 * head.size) / (head.rows * head.cols))
    }
  })
})
