/** Checkpoints: whole or refused, of this run or refused, the one before where the last is damaged; and a run that was killed goes on. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Checkpoints, type Progress, runDigest } from './checkpoint.ts'
import { runOptions, sequencesOf, tinyModel } from './testing/tiny.ts'
import { train } from './train.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'edgewise-checkpoint-'))
})
afterAll(() => rm(root, { recursive: true }))

const progress = (step: number): Progress => ({ step, losses: [3, 2], tokens: 10, flops: 20, seconds: 0.5 })
const arrays = (first: number): Float32Array<ArrayBuffer>[] => [
  Float32Array.of(first, 2, 3),
  Float32Array.of(4, 5),
]

/** A folder with three saved steps, of which two are kept. */
async function saved(name: string): Promise<string> {
  const folder = join(root, name)
  const checkpoints = new Checkpoints(folder, 'digest')
  expect(await checkpoints.latest(arrays(0))).toBeUndefined()
  for (const step of [9, 10, 11]) await checkpoints.save(progress(step), arrays(step))
  expect((await readdir(folder)).sort()).toEqual(['step-10.checkpoint', 'step-11.checkpoint'])
  return folder
}

async function latest(folder: string, digest = 'digest'): Promise<[number, number]> {
  const filled = arrays(0)
  const found = await new Checkpoints(folder, digest).latest(filled)
  expect(found).toEqual(progress(found!.step))
  return [found!.step, filled[0]![0]!]
}

test('the newest is taken; what was half-written when a run was killed goes', async () => {
  const folder = await saved('newest')
  await writeFile(join(folder, 'step-12.checkpoint.99.part'), 'half')
  await writeFile(join(folder, 'model.gguf.part'), 'another program is loading this')
  expect(await latest(folder)).toEqual([11, 11])
  expect((await readdir(folder)).sort()).toEqual([
    'model.gguf.part',
    'step-10.checkpoint',
    'step-11.checkpoint',
  ])
})

test('a damaged byte anywhere, or an end cut off: the one before is taken', async () => {
  const folder = await saved('damaged')
  const path = join(folder, 'step-11.checkpoint')
  const whole = await readFile(path)
  for (let at = 0; at < whole.length; at += 5) {
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 0x10
    await writeFile(path, damaged)
    expect(await latest(folder), `byte ${at}`).toEqual([10, 10])
  }
  for (const length of [0, 7, 12, whole.length - 33, whole.length - 1]) {
    await writeFile(path, whole)
    await truncate(path, length)
    expect(await latest(folder), `${length} bytes`).toEqual([10, 10])
  }
  await writeFile(join(folder, 'step-10.checkpoint'), 'nothing')
  await expect(latest(folder)).rejects.toMatchObject({ code: 'checkpoint_invalid', issues: { length: 2 } })
})

test('a whole one that holds something else is passed over', async () => {
  const folder = await saved('else')
  const seal = (header: string, numbers: number): Buffer => {
    const [text, size] = [Buffer.from(header), Buffer.alloc(4)]
    size.writeUInt32LE(text.length)
    const all = Buffer.concat([Buffer.from('EWTRAIN1'), size, text, Buffer.alloc(4 * numbers)])
    return Buffer.concat([all, createHash('sha256').update(all).digest()])
  }
  const header = { digest: 'digest', ...progress(11) }
  for (const bytes of [
    seal('{', 5),
    seal('null', 5),
    seal(JSON.stringify({ digest: 'digest' }), 5),
    seal(JSON.stringify({ ...header, losses: [null] }), 5),
    seal(JSON.stringify(header), 4),
    seal(JSON.stringify(header), 6),
  ]) {
    await writeFile(join(folder, 'step-11.checkpoint'), bytes)
    expect(await latest(folder)).toEqual([10, 10])
  }
})

test('what cannot be brought to its place leaves nothing behind', async () => {
  const folder = await saved('full')
  await mkdir(join(folder, 'step-12.checkpoint'))
  const save = new Checkpoints(folder, 'digest').save(progress(12), arrays(12))
  await expect(save).rejects.toThrow(/EISDIR|EEXIST|EPERM/)
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('one of another run is refused', async () => {
  const folder = await saved('other')
  await expect(latest(folder, 'another')).rejects.toMatchObject({ code: 'checkpoint_invalid' })
})

test('the digest knows data, options and weights, and not threads', async () => {
  const model = await tinyModel()
  const sequences = sequencesOf(3)
  const digest = runDigest(model, sequences, runOptions)
  expect(runDigest(await tinyModel(), sequencesOf(3), { ...runOptions, threads: 9 })).toBe(digest)
  const [first, ...rest] = sequences
  const others = [
    runDigest(model, [...rest, first!], runOptions),
    runDigest(
      model,
      [{ ...first!, weights: first!.weights.map((weight) => 2 * weight) }, ...rest],
      runOptions,
    ),
    runDigest(
      model,
      [{ ...first!, teacher: [{ at: 1, ids: [3], probabilities: [1] }] }, ...rest],
      runOptions,
    ),
    runDigest(model, sequences, { ...runOptions, seed: 6 }),
    runDigest(model, sequences, { ...runOptions, rate: 1e-3 }),
    runDigest(model, sequences, { ...runOptions, lora: { rank: 2, alpha: 2, targets: ['attn_q'] } }),
  ]
  const lora = { rank: 2, alpha: 2, targets: ['attn_k', 'attn_q'] }
  const turned = { ...lora, targets: lora.targets.toReversed() }
  expect(runDigest(model, sequences, { ...runOptions, lora })).toBe(
    runDigest(model, sequences, { ...runOptions, lora: turned }),
  )
  const long = { ids: new Array(200_000).fill(1), weights: new Array(200_000).fill(1) }
  others.push(runDigest(model, [long], runOptions))
  model.weights[5]! += 1
  others.push(runDigest(model, sequences, runOptions))
  expect(new Set([digest, ...others]).size).toBe(9)
})

test('a run that is killed goes on from its last checkpoint to the same weights in every bit', async () => {
  const folder = join(root, 'killed')
  const child = spawn(
    process.execPath,
    ['--conditions=edgewise-source', join(import.meta.dirname, 'testing/run-child.ts'), folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit')
  let last = 0
  for await (const chunk of child.stdout) {
    last = Number(String(chunk).trim().split('\n').at(-1))
    if (last >= 12 && (await readdir(folder).catch(() => [])).length > 0) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  const model = await tinyModel()
  const result = await train(model, sequencesOf(60), { ...runOptions, checkpoint: folder })
  expect(result.resumedAt).toBeGreaterThan(0)
  expect(result.resumedAt).toBeLessThan(result.steps)
  const whole = await tinyModel()
  const uninterrupted = await train(whole, sequencesOf(60), runOptions)
  expect(result.losses).toEqual(uninterrupted.losses)
  expect(model.weights).toEqual(whole.weights)
})
