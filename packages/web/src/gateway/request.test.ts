import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { curlLine, requestBody } from './request.ts'

test('a shell reads every text back as it was', () => {
  const words = fc.sample(fc.string({ unit: 'grapheme', maxLength: 30 }), { seed: 5, numRuns: 100 })
  const all = [...words, `it's`, `''`, '$HOME `id` "x" \\', 'two\nlines\n']
  const lines = all.map((text) => curlLine('http://127.0.0.1:8787', 'json', text))
  const out = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$8"; }\n${lines.join('\n')}`])
  expect(out.toString().split('\0').slice(0, -1)).toEqual(
    all.map((text) => Buffer.from(requestBody(text, false)).toString()),
  )
})

test('the curl line is one command whose arguments are the request', () => {
  const text = `it's "8 pm"\nor later`
  const line = curlLine('http://127.0.0.1:8787', 'json', text)
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`
  const words = execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)
  expect(words).toEqual([
    '-i',
    'http://127.0.0.1:8787/v1/chat/completions',
    '-H',
    'content-type: application/json',
    '-H',
    'x-edgewise-task: json',
    '-d',
    requestBody(text, false),
  ])
})

test('the body is plain OpenAI', () => {
  expect(JSON.parse(requestBody('hello', true))).toEqual({
    model: 'edgewise',
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  })
})
