/** The file of answers: nothing of others is destroyed, one process at a time, terms as they were said last. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnswersHeader } from '@edgewise/student'
import { afterAll, expect, test } from 'vitest'
import { openAnswersFile } from './distill-answers-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-answers-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'answers.jsonl')

const header = (allowed: AnswersHeader['terms']['allowed'] = 'unknown'): AnswersHeader => ({
  format: 'edgewise.answers/1',
  task: 'triage',
  teacher: 'gpt',
  instructions: null,
  terms: { allowed, note: '', at: null },
})
const asked = (call: number) => ({ call, asked: 'a', sample: 0, mostUsd: 0.5 })

test('a file of something else stays as it is', () => {
  for (const content of ['{"version":1}', 'a\nb', '\n{"version":1}\n', '{"format":"edgewise.answers/2"']) {
    writeFileSync(path, content)
    expect(() => openAnswersFile(path, header())).toThrow(/no file of answers|no answers/)
    expect(readFileSync(path, 'utf8')).toBe(content)
  }
  expect(readdirSync(folder)).toEqual(['answers.jsonl'])
})

test('wherever a crash cut it, it goes on: what is whole counts', () => {
  rmSync(path)
  {
    using file = openAnswersFile(path, header())
    file.write(asked(0))
    file.write(asked(1))
  }
  const whole = readFileSync(path, 'utf8')
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(path, whole.slice(0, cut))
    using file = openAnswersFile(path, header())
    const lines = whole.slice(0, cut).split('\n').length - 1
    expect(file.content.spentUsd).toBe(Math.max(0, lines - 1) / 2)
    expect(readFileSync(path, 'utf8')).toBe(`${whole.split('\n').slice(0, Math.max(1, lines)).join('\n')}\n`)
  }
})

test('terms are those that were said last', () => {
  {
    using file = openAnswersFile(path, header('allowed'))
    expect(file.content.header.terms.allowed).toBe('allowed')
  }
  {
    using file = openAnswersFile(path, header('forbidden'))
    file.write(asked(2))
  }
  const [first, ...others] = readFileSync(path, 'utf8').trim().split('\n')
  expect(JSON.parse(first!).terms.allowed).toBe('forbidden')
  expect(others).toHaveLength(3)
  expect(() => openAnswersFile(path, { ...header(), task: 'other' })).toThrow(/another task/)
})

test('two processes would spend the budget twice: the second is refused, one that was killed is not in the way', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const lock = join(folder, `.answers.jsonl.${other.pid}.lock`)
  writeFileSync(lock, '')
  expect(() => openAnswersFile(path, header())).toThrow(new RegExp(`process ${other.pid} writes`))
  const ended = new Promise((resolve) => other.on('exit', resolve))
  other.kill('SIGKILL')
  await ended
  {
    using _ = openAnswersFile(path, header())
    expect(readdirSync(folder)).not.toContain(`.answers.jsonl.${other.pid}.lock`)
  }
  expect(readdirSync(folder)).toEqual(['answers.jsonl'])
})
