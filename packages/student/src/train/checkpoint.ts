/**
 * Checkpoints of a run in a folder of its own: whole or not there. A file is written beside its name, brought to the disk, and renamed; the
 * one before is kept until the next, so that a file the disk has damaged costs half a minute and not the run. Each names the run it belongs
 * to by a digest of model, sequences and options, and is refused by any other. That no two runs share a folder is folder-lock.ts's part.
 *
 * A file: 8 bytes of mark, the length of a header (u32), the header as JSON, the arrays as they lie in memory, and the SHA-256 of all that.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StudentError } from '../errors.ts'
import type { Trainable } from './trainable.ts'
import type { TrainingOptions, TrainingSequence } from './types.ts'

/** The last byte is the version of this format and of the arithmetic behind it. */
const MARK = Buffer.from('EWTRAIN1')
const SHA_BYTES = 32
const EVERY_MS = 30_000
const KEPT = 2
const NAME = /^step-(\d+)\.checkpoint$/
const HALF = /^step-\d+\.checkpoint\.\d+\.part$/

/** What a run has done so far, beside its arrays. */
export interface Progress {
  readonly step: number
  readonly losses: readonly number[]
  readonly tokens: number
  readonly flops: number
  readonly seconds: number
}

export class Checkpoints {
  readonly #folder: string
  readonly #digest: string
  readonly #everyMs: number
  #savedAt: number = performance.now()
  #savedStep = -1

  constructor(folder: string, digest: string, everyMs: number = EVERY_MS) {
    this.#folder = folder
    this.#digest = digest
    this.#everyMs = everyMs
  }

  /** Whether the last one is as old as it may get. */
  isDue(): boolean {
    return performance.now() - this.#savedAt >= this.#everyMs
  }

  /**
   * Fills `arrays` with the newest checkpoint that is whole; undefined where the folder has none. Throws StudentError `checkpoint_invalid`
   * when one is of another run, or all are damaged.
   */
  async latest(arrays: readonly Float32Array<ArrayBuffer>[]): Promise<Progress | undefined> {
    const names = await this.#names()
    const problems: string[] = []
    for (const name of names) {
      const bytes = await readFile(join(this.#folder, name))
      const problem = this.#fill(bytes, arrays)
      if (typeof problem !== 'string') {
        this.#savedStep = problem.step
        return problem
      }
      problems.push(`${name}: ${problem}`)
    }
    if (problems.length === 0) return undefined
    throw new StudentError(
      'checkpoint_invalid',
      `no checkpoint in ${this.#folder} is whole (${problems[0]}): delete the folder to begin anew`,
      problems,
    )
  }

  /** Does nothing where this step is saved already. */
  async save(progress: Progress, arrays: readonly Float32Array<ArrayBuffer>[]): Promise<void> {
    if (progress.step === this.#savedStep) return
    await mkdir(this.#folder, { recursive: true })
    const path = join(this.#folder, `step-${progress.step}.checkpoint`)
    const header = Buffer.from(JSON.stringify({ digest: this.#digest, ...progress }))
    const size = Buffer.alloc(4)
    size.writeUInt32LE(header.length)
    const parts = [MARK, size, header, ...arrays.map(bytesOf)]
    const hash = createHash('sha256')
    const temporary = `${path}.${process.pid}.part`
    const file = await open(temporary, 'w')
    try {
      for (const part of parts) {
        hash.update(part)
        await file.writeFile(part)
      }
      await file.writeFile(hash.digest())
      await file.sync()
      await file.close()
      await rename(temporary, path)
    } catch (error) {
      // On a full disk half a file is what keeps it full.
      await file.close()
      await rm(temporary, { force: true })
      throw error
    }
    await syncFolder(this.#folder)
    this.#savedAt = performance.now()
    this.#savedStep = progress.step
    const older = (await this.#names()).slice(KEPT)
    await Promise.all(older.map((name) => rm(join(this.#folder, name), { force: true })))
  }

  /** Newest first; what a run that was killed left half-written goes. */
  async #names(): Promise<string[]> {
    const all = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    const halves = all.filter((name) => HALF.test(name))
    await Promise.all(halves.map((name) => rm(join(this.#folder, name), { force: true })))
    return all.filter((name) => NAME.test(name)).sort((a, b) => stepOf(b) - stepOf(a))
  }

  /** The progress, or what is wrong. Throws where the checkpoint is sound and of another run. */
  #fill(bytes: Buffer, arrays: readonly Float32Array<ArrayBuffer>[]): Progress | string {
    const end = bytes.length - SHA_BYTES
    const start = MARK.length + 4
    if (end < start || !bytes.subarray(0, MARK.length).equals(MARK)) return 'is no checkpoint of this version'
    const sum = createHash('sha256').update(bytes.subarray(0, end)).digest()
    if (!sum.equals(bytes.subarray(end))) return 'is damaged or cut off'
    const headerEnd = start + bytes.readUInt32LE(MARK.length)
    const header = headerOf(bytes.toString('utf8', start, headerEnd))
    if (!header) return 'has no header'
    if (header.digest !== this.#digest) {
      throw new StudentError(
        'checkpoint_invalid',
        `the checkpoints in ${this.#folder} are of another run (other data, options or model): name another folder, or delete it`,
      )
    }
    const size = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
    if (end - headerEnd !== size) return `has ${end - headerEnd} bytes of numbers in place of ${size}`
    let at = headerEnd
    for (const array of arrays) {
      bytesOf(array).set(bytes.subarray(at, at + array.byteLength))
      at += array.byteLength
    }
    const { step, losses, tokens, flops, seconds } = header
    return { step, losses, tokens, flops, seconds }
  }
}

/** Tells runs apart: everything that decides about weights, and nothing else. */
export function runDigest(
  model: Trainable,
  sequences: readonly TrainingSequence[],
  options: TrainingOptions,
): string {
  const hash = createHash('sha256')
  const add = (numbers: ArrayLike<number>): unknown => hash.update(bytesOf(Float64Array.from(numbers)))
  const { epochs, batchTokens, rate, seed, lora } = options
  const { shape, config, ropeFactors } = model
  const { layers, dim, hiddenDim, heads, kvHeads, headDim, vocab, tied } = shape
  hash.update(
    JSON.stringify([
      [epochs, batchTokens, rate, seed, lora && [lora.rank, lora.alpha, lora.targets.toSorted()]],
      [layers, dim, hiddenDim, heads, kvHeads, headDim, vocab, tied],
      [config.normEps, config.attentionScale, config.rope, ropeFactors && [...ropeFactors]],
      sequences.length,
    ]),
  )
  hash.update(bytesOf(model.weights))
  for (const { ids, weights, teacher = [] } of sequences) {
    add([ids.length])
    add(ids)
    add(weights)
    add([teacher.length])
    for (const place of teacher) {
      add([place.at, place.ids.length])
      add(place.ids)
      add(place.probabilities)
    }
  }
  return hash.digest('hex')
}

function headerOf(text: string): (Progress & { readonly digest: string }) | undefined {
  let header: Progress & { readonly digest: string }
  try {
    header = JSON.parse(text)
  } catch {
    return undefined
  }
  const { digest, step, losses, tokens, flops, seconds } = Object(header)
  const isRight =
    [step, tokens, flops, seconds].every((value) => Number.isFinite(value) && value >= 0) &&
    Array.isArray(losses) &&
    losses.every(Number.isFinite) &&
    typeof digest === 'string'
  return isRight ? header : undefined
}

const stepOf = (name: string): number => Number(NAME.exec(name)![1])

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A rename is on the disk when its folder is; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
