import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  findNumber,
  findString,
  mergeAdapter,
  openModel,
  readConfig,
  readGguf,
  tensorBytes,
  writeAdapter,
} from '@edgewise/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomAdapter, sinePeft } from '../../../engine/src/testing/random-adapter.ts'
import { type RandomModelOptions, randomModel } from '../../../engine/src/testing/random-model.ts'
import { StudentError } from '../errors.ts'
import { checkpointFolder, type FolderChanges } from '../testing/checkpoint-folder.ts'
import { importStudent } from './import.ts'
import type { ImportOptions } from './types.ts'

let root: string
let count = 0
const place = (): string => join(root, String(count++))
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'edgewise-import-'))
})
afterAll(() => rm(root, { recursive: true }))

async function baseFile(bytes: Uint8Array): Promise<string> {
  const path = `${place()}.gguf`
  await writeFile(path, bytes)
  return path
}

async function logitsOf(bytes: Uint8Array): Promise<Float32Array> {
  using model = await openModel(bytes, { backend: 'reference' })
  using session = model.session()
  return session.forward([5, 80, 200, 17])
}

const refused = async (options: ImportOptions, message: RegExp): Promise<void> => {
  const error = await importStudent(options).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(StudentError)
  expect(error).toMatchObject({ code: 'import_invalid', message: expect.stringMatching(message) })
  const all = await readdir(root)
  expect(all.filter((name) => name.endsWith('.part') || join(root, name) === options.out)).toEqual([])
}

const families: RandomModelOptions[] = [
  { tied: false, ropeFactors: true, biases: true },
  { architecture: 'qwen2', biases: true },
  { architecture: 'qwen3', headDim: 32 },
  { architecture: 'gemma3', window: 8 },
]

describe('a folder of safetensors', () => {
  test.each(families)(
    '%o: has the numbers that were trained under the header of its base',
    async (family) => {
      const trained = randomModel({ ...family, seed: 9 })
      const base = await baseFile(randomModel({ ...family, seed: 2, type: 'q8_0' }))
      const [from, out] = [place(), `${place()}.gguf`]
      await checkpointFolder(from, trained)
      const imported = await importStudent({ from, base, out })
      const file = new Uint8Array(await readFile(out))
      const [{ metadata, tensors }, wanted] = [readGguf(file), readGguf(trained)]
      expect(imported).toEqual({
        path: out,
        bytes: file.length,
        from: 'safetensors',
        architecture: family.architecture ?? 'llama',
        parameters: [...tensors.values()].reduce((sum, { rows, cols }) => sum + rows * cols, 0),
        sha256: createHash('sha256').update(file).digest('hex'),
      })
      expect(`${findString(metadata, 'general.name')}.gguf`).toBe(out.slice(root.length + 1))
      expect(findNumber(metadata, 'general.file_type')).toBe(0)
      for (const [name, tensor] of tensors) {
        // The factors of RoPE are no part of a checkpoint: they are the base's.
        if (name === 'rope_freqs.weight') continue
        const values = new Float32Array(tensorBytes(file, tensor).slice().buffer)
        const expected = new Float32Array(tensorBytes(trained, wanted.tensors.get(name)!).slice().buffer)
        const off = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
        // Gemma's gains are stored less 1, which costs a bit.
        expect(off).toBeLessThanOrEqual(family.architecture === 'gemma3' ? 1e-7 : 0)
      }
    },
  )

  test('of several files in BF16 is quantised where that is asked for', async () => {
    const trained = randomModel({ seed: 9 })
    const base = await baseFile(randomModel({ type: 'f16' }))
    const [from, out] = [place(), `${place()}.gguf`]
    await checkpointFolder(from, trained, 'bf16', { shards: 3 })
    await importStudent({ from, base, out, type: 'q8_0' })
    const file = new Uint8Array(await readFile(out))
    expect(readGguf(file).tensors.get('blk.0.attn_q.weight')!.type).toBe('q8_0')
    const [have, want] = [await logitsOf(file), await logitsOf(trained)]
    expect(Math.hypot(...have.map((value, i) => value - want[i]!)) / Math.hypot(...want)).toBeLessThan(0.05)
    await importStudent({ from, base, out })
    expect(readGguf(new Uint8Array(await readFile(out))).tensors.get('blk.0.attn_q.weight')!.type).toBe(
      'bf16',
    )
  })

  test('may have a tied head, angles of RoPE and another spelling of a user-defined token', async () => {
    const from = place()
    await checkpointFolder(from, randomModel({ seed: 9 }), 'f32', {
      token: [3, '▁▁'],
      tensors: (all) => [
        ...all,
        { ...all.find(({ name }) => name === 'model.embed_tokens.weight')!, name: 'lm_head.weight' },
        { name: 'model.layers.0.self_attn.rotary_emb.inv_freq', shape: [8], values: new Float32Array(8) },
      ],
    })
    const out = `${place()}.gguf`
    await importStudent({ from, base: await baseFile(randomModel()), out })
    expect(await logitsOf(new Uint8Array(await readFile(out)))).toEqual(
      await logitsOf(randomModel({ seed: 9 })),
    )
  })

  const first = (change: (values: Float32Array) => void): FolderChanges => ({
    tensors: ([one, ...rest]) => {
      change(one!.values)
      return [one!, ...rest]
    },
  })
  test.each<[string, FolderChanges, RegExp]>([
    ['another family', { config: { model_type: 'qwen3' } }, /model_type is "qwen3"/],
    ['another depth', { config: { num_hidden_layers: 3 } }, /num_hidden_layers is 3, in the base it is 2/],
    ['another RoPE', { config: { rope_parameters: { rope_theta: 5e5 } } }, /rope_theta is 500000/],
    [
      'RoPE scaled',
      { config: { rope_scaling: { type: 'linear', factor: 8 } } },
      /factor of rope_scaling is 8/,
    ],
    [
      'RoPE of Llama 3',
      { config: { rope_parameters: { rope_type: 'llama3', factor: 32, rope_theta: 10_000 } } },
      /rope_type is "llama3", in the base it is "default"/,
    ],
    [
      'another activation',
      { config: { hidden_act: 'gelu' } },
      /hidden_act is "gelu", in the base it is "silu"/,
    ],
    ['heads turned in part', { config: { partial_rotary_factor: 0.5 } }, /partial_rotary_factor is 0.5/],
    ['a window', { config: { model_type: 'mistral', sliding_window: 4 } }, /sliding_window is 4/],
    ['capped logits', { config: { final_logit_softcapping: 30 } }, /final_logit_softcapping is 30/],
    ['another vocabulary', { config: { vocab_size: 3 } }, /vocab_size is 3/],
    ['another epsilon', { config: { rms_norm_eps: 1e-6 } }, /rms_norm_eps is 0.000001/],
    ['a field that is no number', { config: { hidden_size: 'wide' } }, /hidden_size is "wide"/],
    ['another tokenizer', { token: [7, 'Zebra'] }, /token 7 is "Zebra"/],
    ['a tensor missing', { tensors: (all) => all.slice(1) }, /model.embed_tokens.weight is missing/],
    [
      'a tensor too many',
      { tensors: (all) => [...all, { ...all[0]!, name: 'model.extra' }] },
      /model.extra has no place/,
    ],
    [
      'a head that is not tied',
      {
        config: { tie_word_embeddings: false },
        tensors: (all) => [...all, { ...all[0]!, name: 'lm_head.weight' }],
      },
      /lm_head.weight has no place/,
    ],
    [
      'another shape',
      { tensors: ([one, ...rest]) => [{ ...one!, shape: one!.shape.toReversed() }, ...rest] },
      /model.embed_tokens.weight is \[64,273\], in the base it is \[273,64\]/,
    ],
    [
      'a number that is none',
      first((values) => values.fill(Number.NaN, 70, 71)),
      /token_embd.weight has a number that is not finite/,
    ],
    ['numbers without end', first((values) => values.fill(Number.POSITIVE_INFINITY)), /not finite/],
    ['weights that overflow', first((values) => values.fill(3e38)), /gives no numbers/],
  ])('with %s is refused', async (_, changes, message) => {
    const from = place()
    await checkpointFolder(from, randomModel({ seed: 9 }), 'f32', changes)
    const base = await baseFile(randomModel())
    await refused({ from, base, out: `${place()}.gguf` }, message)
  })

  test('that is broken or not whole is refused by the file', async () => {
    const base = await baseFile(randomModel())
    const spoil = async (
      name: string,
      text: string | Uint8Array | undefined,
      message: RegExp,
      shards?: number,
    ) => {
      const from = place()
      await checkpointFolder(from, randomModel(), 'f32', shards ? { shards } : {})
      if (text === undefined) await rm(join(from, name))
      else await writeFile(join(from, name), text)
      await refused({ from, base, out: `${place()}.gguf` }, message)
    }
    await spoil('config.json', '{', /config.json is not JSON/)
    await spoil('config.json', '[]', /config.json is no JSON object/)
    await spoil('config.json', undefined, /has no config.json/)
    await spoil('tokenizer.json', 'x', /tokenizer.json is not JSON/)
    await spoil('model.safetensors', new Uint8Array(100), /safetensors/)
    await spoil('model.safetensors', undefined, /model.safetensors cannot be opened/)
    await spoil('model-2-of-2.safetensors', undefined, /model-2-of-2.safetensors cannot be opened/, 2)
    for (const file of ['../x.safetensors', '/etc/passwd', '', 7]) {
      const index = JSON.stringify({ weight_map: { a: file } })
      await spoil('model.safetensors.index.json', index, /does not list/, 2)
    }
    await spoil('model.safetensors.index.json', '{}', /does not list/, 2)
  })
})

describe('an adapter', () => {
  test('is merged into its base, from a PEFT folder and from a GGUF file', async () => {
    const bytes = randomModel({ seed: 3 })
    const config = readConfig(readGguf(bytes).metadata)
    const base = await baseFile(bytes)
    const [folder, out] = [place(), `${place()}.gguf`]
    const peft = sinePeft(config)
    await mkdir(folder)
    await writeFile(join(folder, 'adapter_config.json'), peft.config)
    await writeFile(join(folder, 'adapter_model.safetensors'), peft.weights as Uint8Array)
    expect(await importStudent({ from: folder, base, out })).toMatchObject({ from: 'adapter' })
    const merged = await logitsOf(new Uint8Array(await readFile(out)))
    expect(merged).not.toEqual(await logitsOf(bytes))

    const adapter = randomAdapter(config)
    const file = await baseFile(writeAdapter(adapter))
    await importStudent({ from: file, base, out })
    expect(await logitsOf(new Uint8Array(await readFile(out)))).toEqual(
      await logitsOf(mergeAdapter(bytes, adapter)),
    )
    await importStudent({ from: file, base, out, type: 'q8_0' })
    expect(readGguf(new Uint8Array(await readFile(out))).tensors.get('blk.1.ffn_up.weight')!.type).toBe(
      'q8_0',
    )
  })

  test('without its base, of another model or broken is refused', async () => {
    const base = await baseFile(randomModel())
    const other = readConfig(readGguf(randomModel({ hiddenDim: 128 })).metadata)
    const from = await baseFile(writeAdapter(randomAdapter(other)))
    await refused({ from, out: `${place()}.gguf` }, /needs its base/)
    await refused({ from, base, out: `${place()}.gguf` }, /blk.0.ffn_gate of \[128,64\]/)
    const folder = place()
    await mkdir(folder)
    await writeFile(join(folder, 'adapter_config.json'), '{"peft_type":"LOHA"}')
    await refused(
      { from: folder, base, out: `${place()}.gguf` },
      /adapter_model.safetensors cannot be opened/,
    )
    await writeFile(join(folder, 'adapter_model.safetensors'), '')
    await refused({ from: folder, base, out: `${place()}.gguf` }, /peft_type is "LOHA"/)
  })
})

describe('a GGUF file', () => {
  test('is taken as it is, or quantised', async () => {
    const from = await baseFile(randomModel({ type: 'f16' }))
    const out = `${place()}.gguf`
    expect(await importStudent({ from, out })).toMatchObject({ from: 'gguf', architecture: 'llama' })
    const [had, has] = await Promise.all(
      [from, out].map(async (path) => new Uint8Array(await readFile(path))),
    )
    const [given, taken] = [readGguf(had!), readGguf(has!)]
    expect(findString(taken.metadata, 'edgewise.student.from')).toBe('gguf')
    expect([...taken.metadata].slice(0, -1)).toEqual([...given.metadata])
    for (const [name, tensor] of taken.tensors)
      expect(tensorBytes(has!, tensor)).toEqual(tensorBytes(had!, given.tensors.get(name)!))
    await importStudent({ from, out, type: 'q4_0' })
    expect(readGguf(new Uint8Array(await readFile(out))).tensors.get('blk.0.ffn_up.weight')!.type).toBe(
      'q4_0',
    )
  })

  test('that is none, is cut, of an unknown family or quantised twice is refused', async () => {
    const out = `${place()}.gguf`
    await refused({ from: place(), out }, /is not there/)
    await refused({ from: await baseFile(new Uint8Array(50)), out }, /GGUF/)
    const whole = randomModel()
    await refused({ from: await baseFile(whole.slice(0, -500)), out }, /download it again/)
    const named = new Map([['general.architecture', { type: 'string', value: 'mamba' } as const]])
    await refused({ from: await baseFile(randomModel({ metadata: named })), out }, /"mamba"/)
    await refused(
      { from: await baseFile(randomModel({ type: 'q8_0' })), out, type: 'q4_0' },
      /quantising twice/,
    )
  })

  test('that was there keeps its name and its bytes until the new one is whole', async () => {
    const out = `${place()}.gguf`
    await writeFile(out, 'mine')
    const stop = new AbortController()
    stop.abort(new Error('enough'))
    const from = await baseFile(randomModel())
    await expect(importStudent({ from, out, signal: stop.signal })).rejects.toThrow('enough')
    await expect(importStudent({ from: await baseFile(new Uint8Array(9)), out })).rejects.toThrow(
      StudentError,
    )
    expect(await readFile(out, 'utf8')).toBe('mine')
    const folder = place()
    await mkdir(folder)
    await expect(importStudent({ from, out: folder })).rejects.toThrow(/is a folder: name the file/)
    await importStudent({ from, out })
    expect(readGguf(new Uint8Array(await readFile(out))).tensors.size).toBe(
      readGguf(randomModel()).tensors.size,
    )
  })
})
