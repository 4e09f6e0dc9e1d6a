/** `edgewise quantize` as a process: what it writes, what it says, and that nothing half-made is left. */
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import {
  convertRows,
  type fileTypes,
  type GgufTensor,
  type MetadataValue,
  planQuantization,
  quantize,
  readGguf,
  seededRandom,
  tensorBytes,
  writeGguf,
} from '@edgewise/engine'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { quantizeFile } from './quantize.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgewise-quantize-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--conditions=edgewise-source', main, 'quantize', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  child.stdin.end()
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exit, out, err }
}

/** Rows that are more than one piece of work: 256 * 2500 numbers. */
const rows = 2500

function model(type: 'f16' | 'q4_0' = 'f16', spoilt?: number): Uint8Array {
  const random = seededRandom(3)
  const make = (name: string, dims: number[]): GgufTensor => {
    const values = Float32Array.from({ length: dims[0]! * dims[1]! }, () => random() - random())
    if (spoilt !== undefined) values[1000] = spoilt
    return { name, dims, type, bytes: quantize(type, values) }
  }
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['llama.block_count', { type: 'uint32', value: 1 }],
  ])
  return writeGguf({
    metadata,
    tensors: [make('token_embd.weight', [256, rows]), make('blk.0.attn_q.weight', [96, 20])],
  })
}

/** The file as the engine makes it in one go. */
function expected(input: Uint8Array, type: keyof typeof fileTypes): Buffer {
  const { header, tensors, size } = planQuantization(readGguf(input), type)
  const file = Buffer.alloc(size)
  file.set(header)
  for (const { from, type, offset } of tensors) {
    const bytes = new Uint8Array(tensorBytes(input, from))
    file.set(convertRows(from.name, bytes, from.rows * from.cols, from.type, type), offset)
  }
  return file
}

test('writes the whole file, in pieces and threads, under its name alone', async () => {
  const input = model()
  writeFileSync(join(folder, 'in.gguf'), input)
  const { code, out, err } = await run('in.gguf', 'out.gguf', '--type', 'Q4_0')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(out).toMatch(/^file {6}out\.gguf\ntype {6}Q4_0, 6\.5\d bits a weight\nsize .* MB, 41 % of 1\.3 MB\n/)
  expect(out).toContain('tensors   1 q6_k, 1 q4_0\n')
  expect(readdirSync(folder).sort()).toEqual(['in.gguf', 'out.gguf'])
  expect(readFileSync(join(folder, 'out.gguf')).equals(expected(input, 'q4_0'))).toBe(true)
})

test('--json says the same as one line', async () => {
  writeFileSync(join(folder, 'in.gguf'), model())
  const { out } = await run('in.gguf', 'out.gguf', '--type', 'q8_0', '--json')
  expect(JSON.parse(out)).toMatchObject({
    input: 'in.gguf',
    output: 'out.gguf',
    type: 'Q8_0',
    bytesOut: readFileSync(join(folder, 'out.gguf')).length,
    parameters: 256 * rows + 96 * 20,
    tensors: { q8_0: 2 },
  })
})

test('what is wrong is told with its code, and nothing is written', async () => {
  writeFileSync(join(folder, 'in.gguf'), model())
  writeFileSync(join(folder, 'q4.gguf'), model('q4_0'))
  writeFileSync(join(folder, 'text.gguf'), 'not a model at all, but longer than a header')
  const before = readdirSync(folder)
  for (const [input, output, code, message] of [
    ['nowhere.gguf', 'out.gguf', 'file_unreadable', /nowhere\.gguf.*ENOENT.*check the name/],
    ['.', 'out.gguf', 'file_unreadable', /is not a file/],
    ['text.gguf', 'out.gguf', 'bad_gguf', /GGUF/],
    ['q4.gguf', 'out.gguf', 'unsupported', /is q4_0 already.*F16/],
    ['in.gguf', 'in.gguf', 'bad_option', /in\.gguf is the input itself/],
    ['in.gguf', '.', 'file_unwritable', /is there and is not a file/],
    ['in.gguf', 'no/such/out.gguf', 'file_unwritable', /no\/such\/out\.gguf.*ENOENT/],
  ] as const) {
    const work = quantizeFile(join(folder, input), join(folder, output), 'q8_0')
    await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  }
  expect(readdirSync(folder)).toEqual(before)
})

test('the command tells the code, and the types it knows', async () => {
  const missing = await run('nowhere.gguf', 'out.gguf', '--type', 'q8_0')
  expect(missing).toMatchObject({ code: 1, out: '' })
  expect(missing.err).toMatch(/^edgewise: nowhere\.gguf cannot be opened.*\(file_unreadable\)$/m)
  const unknown = await run('in.gguf', 'out.gguf', '--type', 'q9_0')
  expect(unknown).toMatchObject({ code: 1, out: '' })
  expect(unknown.err).toMatch(/"q9_0" is not one of.*Q4_K_M/)
})

test.skipIf(!existsSync('/dev/full'))('a full disk is told as one', async () => {
  const [input, output] = [join(folder, 'in.gguf'), join(folder, 'out.gguf')]
  writeFileSync(input, model())
  symlinkSync('/dev/full', `${output}.${process.pid}.part`)
  await expect(quantizeFile(input, output, 'q8_0')).rejects.toMatchObject({
    code: 'no_space',
    message: expect.stringMatching(/out\.gguf was not finished, the disk is full: make room/),
  })
  expect(readdirSync(folder)).toEqual(['in.gguf'])
})

test('a weight that is no number ends the work: no part file, and an older output is as it was', async () => {
  const [input, output] = [join(folder, 'in.gguf'), join(folder, 'out.gguf')]
  writeFileSync(input, model('f16', Number.POSITIVE_INFINITY))
  writeFileSync(output, 'older')
  await expect(quantizeFile(input, output, 'q8_0')).rejects.toMatchObject({
    code: 'bad_option',
    message: expect.stringMatching(/tensor \S+: cannot quantise Infinity/),
  })
  expect(readFileSync(output, 'utf8')).toBe('older')
  expect(readdirSync(folder).sort()).toEqual(['in.gguf', 'out.gguf'])
})

test('an abort ends the work with its reason and leaves nothing', async () => {
  const [input, output] = [join(folder, 'in.gguf'), join(folder, 'out.gguf')]
  writeFileSync(input, model())
  const stop = new AbortController()
  const shares: number[] = []
  const onProgress = (share: number): void => {
    shares.push(share)
    stop.abort(new Error('enough'))
  }
  const { signal } = stop
  await expect(quantizeFile(input, output, 'q8_0', { signal, onProgress })).rejects.toThrow('enough')
  expect(shares.length).toBeGreaterThan(0)
  expect(readdirSync(folder)).toEqual(['in.gguf'])
})

test('an older output is replaced, and progress goes up to one', async () => {
  const [input, output] = [join(folder, 'in.gguf'), join(folder, 'out.gguf')]
  writeFileSync(input, model())
  writeFileSync(output, 'older')
  const shares: number[] = []
  await quantizeFile(input, output, 'q8_0', { onProgress: (share) => shares.push(share) })
  expect(readFileSync(output).equals(expected(readFileSync(input), 'q8_0'))).toBe(true)
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares)
  expect(shares.at(-1)).toBe(1)
})
