import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Example } from '../data/example.ts'
import { StudentError } from '../errors.ts'
import { exportTraining, trainers } from './export.ts'
import type { ExportOptions, Trainer } from './types.ts'

let root: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'edgewise-export-'))
})
afterAll(() => rm(root, { recursive: true }))

const example = (id: number, text: string, target = 'a'): Example => ({
  ...{ id: String(id), text, target, from: 'teacher', row: id },
})
const usual = (trainer: Trainer): ExportOptions => ({
  trainer,
  folder: join(root, String(count++)),
  train: [example(1, 'one'), example(2, 'two\n"words"', 'b'), example(3, 'drei \u{1f600} </s>')],
  valid: [example(4, 'four')],
  system: 'Name it.',
  base: 'Qwen/Qwen3-0.6B',
  ...(trainer === 'distillkit' && { teacher: 'Qwen/Qwen3-4B' }),
})
const refused = (options: ExportOptions) =>
  exportTraining(options).then(
    () => undefined,
    (error: unknown) => error,
  )

test.each(trainers)('%s: a folder that says and holds all that is needed', async (trainer) => {
  const options = usual(trainer)
  const done = await exportTraining(options)
  expect(done).toMatchObject({ train: 3, valid: 1, run: 'sh run.sh', bringBack: 'student' })
  expect((await readdir(options.folder)).sort()).toEqual([...done.files].sort())
  const read = (name: string) => readFile(join(options.folder, name), 'utf8')
  const lines = (await read('train.jsonl')).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    options.train.map(({ text, target }) => ({
      messages: [
        { role: 'system', content: 'Name it.' },
        { role: 'user', content: text },
        { role: 'assistant', content: target },
      ],
    })),
  )
  // Every requirement says from which version to which it will do; DistillKit's own is one state of its sources.
  for (const line of (await read('requirements.txt')).trimEnd().split('\n')) {
    expect(line).toMatch(/^[\w-]+(\[\w+\])?(>=[\d.]+,<\d+| @ git\+https:\/\/\S+@[0-9a-f]{40})$/)
  }
  const config = done.files.find((name) => name.startsWith('config.'))!
  expect(JSON.parse(await read(config)).model).toBe('Qwen/Qwen3-0.6B')
  execFileSync('sh', ['-n', join(options.folder, 'run.sh')])
  const page = await read('README.md')
  for (const name of done.files) if (name !== 'README.md') expect(page).toContain(`\`${name}\``)
  expect(page).toContain('3 examples')
})

// Else the embeddings come back with the rows of the tokenizer, which many models have more of, and fit no base.
test('DistillKit is told to keep the rows of the embeddings, by the model itself', async () => {
  const options = usual('distillkit')
  const { folder } = await exportTraining(options)
  expect(await readFile(join(folder, 'run.sh'), 'utf8')).toMatch(/prepare\.py\ndistillkit config\.yaml/)
  const script = await readFile(join(folder, 'prepare.py'), 'utf8')
  const line = /text\.replace\('(.+?)', f'/.exec(script)![1]!
  expect((await readFile(join(folder, 'config.yaml'), 'utf8')).split(line)).toHaveLength(2)
})

test.skipIf(process.platform === 'win32')('what people asked is readable by its owner alone', async () => {
  const { folder } = await exportTraining(usual('trl'))
  for (const name of ['train.jsonl', 'valid.jsonl']) {
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  }
})

test('what the options say reaches the trainer, and without a system text there is no such message', async () => {
  const options = { ...usual('mlx'), system: '', epochs: 4, rank: 8, rate: 1e-6, seed: 7 }
  await exportTraining(options)
  const config = await readFile(join(options.folder, 'config.yaml'), 'utf8')
  // mlx-lm refuses a validation set, here of one, that is smaller than a batch.
  expect(JSON.parse(config)).toMatchObject({
    batch_size: 1,
    iters: 12,
    seed: 7,
    learning_rate: 1e-6,
    lora_parameters: { rank: 8 },
  })
  // In YAML a number with an exponent and no point is a text.
  expect(config).not.toMatch(/\de-/)
  expect(JSON.parse((await readFile(join(options.folder, 'valid.jsonl'), 'utf8')).trim())).toEqual({
    messages: [
      { role: 'user', content: 'four' },
      { role: 'assistant', content: 'a' },
    ],
  })
})

test('examples that cannot be used are refused with their rows, and nothing is written', async () => {
  for (const [change, issues] of [
    [{ train: [] }, []],
    [{ valid: [] }, []],
    [{ train: [example(1, ' ')] }, [/row 1: the text is empty/]],
    [{ valid: [example(8, 'eight', '')] }, [/row 8: the answer is empty/]],
    [{ valid: [example(8, ' two\n"words"')] }, [/row 8: its text is that of row 2/]],
  ] as const) {
    const options = { ...usual('trl'), ...change }
    const error = (await refused(options)) as StudentError
    expect(error).toBeInstanceOf(StudentError)
    expect(error.code).toBe('examples_invalid')
    expect(error.issues).toHaveLength(issues.length)
    for (const [i, issue] of issues.entries()) expect(error.issues[i]).toMatch(issue)
    await expect(readdir(options.folder)).rejects.toThrow(/ENOENT/)
  }
})

test('options out of their range are refused by name', async () => {
  for (const [change, message] of [
    [{ trainer: 'axolotl' as Trainer }, /"axolotl": take one of trl, mlx/],
    [{ trainer: 'toString' as Trainer }, /take one of/],
    [{ base: '' }, /base is ""/],
    [{ base: "x'\nrm -rf ." }, /base is/],
    [{ base: '-rf' }, /base is/],
    [{ trainer: 'distillkit' as const }, /teacher is ""/],
    [{ teacher: 'x' }, /teacher is "x"/],
    [{ epochs: 0 }, /epochs is 0/],
    [{ rank: 1.5 }, /rank is 1.5/],
    [{ rate: Number.NaN }, /rate is null/],
    [{ seed: -1 }, /seed is -1/],
  ] as const) {
    const error = await refused({ ...usual('trl'), ...change })
    expect(error).toBeInstanceOf(RangeError)
    expect((error as Error).message).toMatch(message)
  }
  const options = usual('trl')
  await exportTraining(options)
  await writeFile(join(options.folder, 'mine.txt'), 'keep')
  expect(String(await refused(options))).toMatch(/is not empty/)
})

test('whatever a base is called, the script takes it as one word', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 1, unit: fc.constantFrom(...'a/ \'$`\\"&;()*') }),
      async (base) => {
        const options = { ...usual('mlx'), base }
        const error = await refused(options)
        if (error) {
          expect(error).toBeInstanceOf(RangeError)
          return
        }
        const script = await readFile(join(options.folder, 'run.sh'), 'utf8')
        const line = script.split('\n').find((one) => one.startsWith('mlx_lm.fuse'))!
        const shown = execFileSync('sh', ['-c', line.replace('mlx_lm.fuse', 'printf "%s\\n"')], {
          encoding: 'utf8',
        })
        expect(shown.split('\n')[1]).toBe(base)
      },
    ),
    { numRuns: 40, seed: 4 },
  )
})
