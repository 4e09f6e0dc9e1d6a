import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadAdapterError, BadSafetensorsError, EngineError } from '../errors.ts'
import { seededRandom } from '../generate/random.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import { type GgufTensor, writeGguf } from '../gguf/write.ts'
import { readConfig } from '../model/config.ts'
import { openModel } from '../model/model.ts'
import { quantize } from '../quant/quant.ts'
import { damages } from '../testing/hostile-files.ts'
import { randomAdapter, sinePeft } from '../testing/random-adapter.ts'
import { randomModel } from '../testing/random-model.ts'
import { readPeft } from './peft.ts'
import { readAdapter, writeAdapter } from './read-gguf.ts'

const base = readConfig(readGguf(randomModel()).metadata)

/** The file of an adapter with other metadata, or with its tensors changed. */
function changed(
  metadata: Readonly<Record<string, MetadataValue | undefined>>,
  change: (tensors: GgufTensor[]) => GgufTensor[] = (tensors) => tensors,
): Uint8Array<ArrayBuffer> {
  const file = writeAdapter(randomAdapter(base))
  const gguf = readGguf(file)
  const all = new Map(gguf.metadata)
  for (const [key, value] of Object.entries(metadata)) {
    if (value) all.set(key, value)
    else all.delete(key)
  }
  const tensors = [...gguf.tensors.values()].map((tensor) => ({
    ...tensor,
    bytes: tensorBytes(file, tensor),
  }))
  return writeGguf({ metadata: all, tensors: change(tensors) })
}

const text = (value: string): MetadataValue => ({ type: 'string', value })
const float = (value: number): MetadataValue => ({ type: 'float32', value })

describe('a GGUF adapter', () => {
  test('is read as it was written', async () => {
    const adapter = randomAdapter(base, 5, 3)
    expect(await readAdapter(writeAdapter(adapter))).toEqual(adapter)
  })

  test('of another type of weights is read, too; alpha 0 stands for a scale of 1', async () => {
    const { parts } = randomAdapter(base)
    const file = changed({ 'adapter.lora.alpha': float(0) }, (tensors) =>
      tensors.map((tensor) => {
        const [name, half] = [tensor.name.slice(0, -14), tensor.name.at(-1)]
        const values = parts.get(name)![half as 'a' | 'b']
        return { ...tensor, type: 'f16', bytes: quantize('f16', values) }
      }),
    )
    const read = await readAdapter(file)
    const part = read.parts.get('blk.1.ffn_down')!
    expect(part.scale).toBe(1)
    part.a.forEach((value, i) => {
      expect(value).toBeCloseTo(parts.get('blk.1.ffn_down')!.a[i]!, 3)
    })
  })

  test.each([
    ['no model', randomModel(), /general.type is null/],
    ['another type of file', changed({ 'general.type': text('model') }), /general.type is "model"/],
    ['another kind of adapter', changed({ 'adapter.type': text('control') }), /adapter.type is "control"/],
    ['no alpha', changed({ 'adapter.lora.alpha': undefined }), /alpha is missing/],
    ['an alpha that is none', changed({ 'adapter.lora.alpha': float(Number.NaN) }), /alpha is NaN/],
    ['no architecture', changed({ 'general.architecture': undefined }), /general.architecture is missing/],
    ['no tensor', changed({}, () => []), /has no tensor/],
    ['half a pair', changed({}, (tensors) => tensors.slice(1)), /blk.0.attn_q has only its lora_b/],
    [
      'an adapted embedding',
      changed({}, ([first, ...rest]) => [{ ...first!, name: 'token_embd.weight.lora_a' }, ...rest]),
      /token_embd.weight.lora_a is no part/,
    ],
    [
      'ranks that differ',
      changed({}, ([a, ...rest]) => [
        { ...a!, dims: [64, 3], bytes: a!.bytes.slice(0, 64 * 3 * 4) },
        ...rest,
      ]),
      /two parts of blk.0.attn_q are \[3,64\] and \[64,4\]/,
    ],
    [
      'a number that is none',
      changed({}, ([a, ...rest]) => [
        { ...a!, bytes: quantize('f32', new Float32Array(256).fill(Number.NaN)) },
        ...rest,
      ]),
      /blk.0.attn_q is NaN/,
    ],
  ])('with %s is refused', async (_, file, message) => {
    await expect(readAdapter(file)).rejects.toThrow(BadAdapterError)
    await expect(readAdapter(file)).rejects.toThrow(message)
  })

  test('is not written with an alpha that would be read as another', () => {
    const scaled = (scale: number) => {
      const { parts, ...rest } = randomAdapter(base)
      return { ...rest, parts: new Map([...parts].map(([name, part]) => [name, { ...part, scale }])) }
    }
    // 0 stands for a scale of 1 in such a file.
    for (const scale of [0, 1e-60, 1e60]) expect(() => writeAdapter(scaled(scale))).toThrow(/the alpha of/)
  })

  test('any damage gives an adapter or a typed error', async () => {
    const damaged = damages(writeAdapter(randomAdapter(base, 1, 2, ['attn_q', 'ffn_up'])))
    const random = seededRandom(12)
    let refused = 0
    for (let i = 0; i < 1500; i++) {
      try {
        await readAdapter(damaged(random))
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        refused++
      }
    }
    expect(refused).toBeGreaterThan(500)
  })
})

describe('a PEFT adapter', () => {
  test('is read with its scale, rows of queries and keys in the order of GGUF', async () => {
    const { parts } = await readPeft(sinePeft(base), base)
    expect(parts.size).toBe(14)
    const [q, v] = [parts.get('blk.0.attn_q')!, parts.get('blk.0.attn_v')!]
    expect(q.scale).toBeCloseTo(12 / Math.sqrt(3), 12)
    expect([q.rows, q.cols, q.rank]).toEqual([64, 64, 3])
    // Row 1 of a head of 16 was row 8.
    expect([...q.b.subarray(3, 6)]).toEqual([24, 25, 26].map((i) => Math.fround(0.1 * Math.sin(2000 + i))))
    expect([...v.b.subarray(3, 6)]).toEqual([3, 4, 5].map((i) => Math.fround(0.1 * Math.sin(6000 + i))))
    const halves = { ...base, pairs: 'halves' as const }
    const kept = (await readPeft(sinePeft(base), halves)).parts.get('blk.0.attn_q')!
    expect(kept.b[3]).toBe(Math.fround(0.1 * Math.sin(2003)))
    const plain = await readPeft(sinePeft(base, { use_rslora: false }), base)
    expect(plain.parts.get('blk.0.attn_q')!.scale).toBe(4)
  })

  test.each([
    ['peft_type', 'IA3'],
    ['use_dora', true],
    ['bias', 'all'],
    ['modules_to_save', ['lm_head']],
    ['rank_pattern', { q_proj: 8 }],
    ['alpha_pattern', { q_proj: 8 }],
    ['fan_in_fan_out', true],
    ['lora_bias', true],
    ['layer_replication', [[0, 1]]],
    ['target_parameters', ['experts']],
    ['init_lora_weights', 'pissa_niter_4'],
    ['r', 0],
    ['r', '3'],
    ['lora_alpha', null],
    ['lora_alpha', '12'],
    ['use_rslora', 'yes'],
    ['target_modules', null],
    ['target_modules', ['q_proj', 'embed_tokens']],
  ])('with %s %j is refused by the field', async (field, value) => {
    const reading = readPeft(sinePeft(base, { [field]: value }), base)
    await expect(reading).rejects.toThrow(BadAdapterError)
    await expect(reading).rejects.toThrow(new RegExp(`${field}\\b`))
  })

  test('whose tensors are not what its fields say is refused by the tensor', async () => {
    const rename = (to: string) =>
      sinePeft(base, {}, ([first, ...rest]) => [{ ...first!, name: to }, ...rest])
    for (const [files, message] of [
      [rename('base_model.model.lm_head.lora_A.weight'), /lm_head.lora_A.weight is no part/],
      [rename('base_model.model.model.layers.0.mlp.toString.lora_A.weight'), /toString/],
      [rename('base_model.model.model.layers.7.mlp.up_proj.lora_A.weight'), /only its lora_[AB]/],
      [sinePeft(base, { r: 4 }), /rank 3, adapter_config.json says r 4/],
      [sinePeft(base, { target_modules: ['q_proj'] }), /target_modules does not name/],
      [sinePeft(base, {}, (all) => all.slice(0, -1)), /blk.1.ffn_down has only its lora_A/],
      [sinePeft(base, {}, () => []), /no tensor/],
      [
        sinePeft(base, {}, (all) => all.map((one) => ({ ...one, values: one.values.fill(Number.NaN) }))),
        /is NaN/,
      ],
      [sinePeft(base, { lora_alpha: 1e300 }), /scaled by .*e\+299, which its numbers do not bear/],
      [sinePeft({ ...base, dim: 128 }), /\[64,128\], which in the model is \[64,64\]/],
    ] as const) {
      await expect(readPeft(files, base)).rejects.toThrow(BadAdapterError)
      await expect(readPeft(files, base)).rejects.toThrow(message)
    }
    const { config, name, weights } = sinePeft(base)
    const cut = (weights as Uint8Array).slice(0, -1)
    await expect(readPeft({ config, name, weights: cut }, base)).rejects.toThrow(BadSafetensorsError)
    await expect(readPeft({ config: '{', name, weights }, base)).rejects.toThrow(/not JSON/)
    await expect(readPeft({ config: '[]', name, weights }, base)).rejects.toThrow(/no JSON object/)
  })

  test('any JSON as its fields gives an adapter or a typed error', async () => {
    const { name, weights } = sinePeft(base)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc
            .dictionary(
              fc.constantFrom('peft_type', 'r', 'lora_alpha', 'bias', 'target_modules'),
              fc.jsonValue(),
            )
            .map((fields) => sinePeft(base, fields).config),
        ),
        async (config) => {
          try {
            await readPeft({ name, config, weights }, base)
          } catch (error) {
            if (!(error instanceof BadAdapterError)) throw error
          }
        },
      ),
      { numRuns: 200, seed: 8 },
    )
  })
})

test('an adapter of another model is refused when it is opened with one, and nothing is held', async () => {
  const bytes = randomModel()
  for (const [other, message] of [
    [randomModel({ architecture: 'qwen2' }), /for the architecture qwen2, the model is llama/],
    [randomModel({ layers: 3 }), /blk.2.attn_q of \[64,64\], which in the model is not there/],
    [randomModel({ hiddenDim: 128 }), /blk.0.ffn_gate of \[128,64\], which in the model is \[96,64\]/],
  ] as const) {
    const adapter = randomAdapter(readConfig(readGguf(other).metadata))
    await expect(openModel(bytes, { backend: 'reference', adapters: [adapter] })).rejects.toThrow(
      BadAdapterError,
    )
    await expect(openModel(bytes, { backend: 'reference', adapters: [adapter] })).rejects.toThrow(message)
  }
  const none = { ...randomAdapter(base), parts: new Map() }
  await expect(openModel(bytes, { backend: 'reference', adapters: [none] })).rejects.toThrow(/has no parts/)
})
