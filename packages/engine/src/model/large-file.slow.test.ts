/** A file of more than two GiB is opened by path, with little more memory than itself, and given up halfway without a trace. */
import { spawn } from 'node:child_process'
import { mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handleSource } from '../source/handle-source.ts'
import { tiledModel } from '../testing/tiled-model.ts'
import { openModel } from './model.ts'

/** 34 of the layers of Llama 3.2 1B: 2.2 GB. */
const source = tiledModel({ type: 'q8_0', layers: 34, dim: 2048, hiddenDim: 8192, heads: 32, kvHeads: 8 })
const { bavail, bsize } = await statfs(tmpdir())
const lack =
  process.platform !== 'linux'
    ? 'memory is read from /proc'
    : bavail * bsize < 1.5 * source.size
      ? `${tmpdir()} has no ${source.size} bytes free`
      : freemem() < 1.5 * source.size
        ? `less than ${1.5 * source.size} bytes of memory are free`
        : undefined
if (lack) console.warn(`SKIPPED: opening a file of ${source.size} bytes: ${lack}.`)

describe.skipIf(lack !== undefined)('a file of more than two GiB (needs disk and memory for it)', () => {
  let folder: string
  let path: string
  beforeAll(async () => {
    expect(source.size).toBeGreaterThan(2 ** 31)
    folder = await mkdtemp(join(tmpdir(), 'edgewise-large-'))
    path = join(folder, 'large.gguf')
    await using file = await open(path, 'w')
    const piece = new Uint8Array(2 ** 25)
    for (let at = 0; at < source.size; at += piece.length) {
      const part = piece.subarray(0, Math.min(piece.length, source.size - at))
      await source.read(part, at)
      await file.write(part)
    }
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true }))

  async function openInProcess(stopAt: number): Promise<{
    outcome: string
    tokens: number
    monotone: boolean
    last: number
    peak: number
    after: number
  }> {
    const script = fileURLToPath(new URL('../testing/open-large.ts', import.meta.url))
    const args = ['--expose-gc', '--conditions=edgewise-source', script, path, String(stopAt)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    return JSON.parse(await text(child.stdout))
  }

  test('opens, runs, and takes at most 1.15 times its size', async () => {
    const { outcome, tokens, monotone, last, peak } = await openInProcess(1)
    expect({ outcome, tokens, monotone, last }).toEqual({
      outcome: 'opened',
      tokens: 2,
      monotone: true,
      last: 1,
    })
    expect(peak).toBeGreaterThan(0.95 * source.size)
    expect(peak).toBeLessThan(1.15 * source.size)
  }, 120_000)

  test('stopped halfway, everything is given back', async () => {
    const { outcome, monotone, last, peak, after } = await openInProcess(0.5)
    expect({ outcome, monotone }).toEqual({ outcome: 'enough', monotone: true })
    expect(last).toBeLessThan(0.6)
    expect(peak).toBeLessThan(0.65 * source.size)
    expect(after).toBeLessThan(0.05 * source.size)
  }, 120_000)

  test('cut short, it is refused from its header alone', async () => {
    await using handle = await open(path)
    const whole = await handleSource(handle, path)
    const reads: number[] = []
    const half = {
      ...whole,
      size: 2 ** 31,
      read: (into: Uint8Array, at: number) => {
        reads.push(at)
        return whole.read(into, at)
      },
    }
    await expect(openModel(half)).rejects.toThrow(
      /the file ends at byte 2147483648, its header promises 2\d{9}.*download it again/,
    )
    expect(reads).toEqual([0])
  })
})
